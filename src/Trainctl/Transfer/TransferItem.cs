using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>One object to move.</summary>
internal sealed record TransferItem
{
    private HashSet<Checksum>? _doubted;

    /// <summary>Where it is read.</summary>
    public required IObjectReader Source { get; init; }

    /// <summary>The object as it was listed.</summary>
    public required StoredObject Object { get; init; }

    /// <summary>Where it is written.</summary>
    public required IObjectStore Destination { get; init; }

    /// <summary>Its key there.</summary>
    public required string Key { get; init; }

    /// <summary>Why it moves, for the report.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Why its neighbours at the source keep it from being stored, as half a sentence; null when they do not.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Storage class at the destination; null for the store's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>As <see cref="PutOptions.Encryption"/>.</summary>
    public ObjectEncryption? Encryption { get; init; }

    /// <summary>Whether only the object as it was listed may be sent; otherwise one that changes meanwhile is sent as it is by then.</summary>
    public bool IsExact { get; init; }

    /// <summary>
    /// Whether nothing may be there under its key: right before something would be replaced, the transfer fails with <see cref="TrainctlError.Drift"/>.
    /// </summary>
    public bool IsNew { get; init; }

    /// <summary>What the content must be; the transfer fails with <see cref="TrainctlError.Drift"/> when it is not.</summary>
    public Checksum? Expected { get; init; }

    /// <summary>
    /// Takes down what has arrived and is not what the parts of the object seem to have been. False when the same has arrived before: then it is right, and the object was made of
    /// other parts.
    /// </summary>
    public bool Doubt(Checksum arrived) => (_doubted ??= []).Add(arrived);

    /// <summary>How it is stored.</summary>
    /// <param name="found">The object with all that its store knows of it.</param>
    public PutOptions OptionsFor(StoredObject found) => new()
    {
        ContentModifiedAt = found.ContentModifiedAt ?? found.ModifiedAt,
        Checksum = found.Checksum,
        StorageClass = StorageClass,
        Encryption = Encryption,
        Attributes = Destination.Root.IsFolder ? null : found.Attributes,
    };

    /// <exception cref="TrainctlException">Something is there where nothing may be.</exception>
    public async ValueTask ThrowIfTakenAsync(CancellationToken cancellationToken)
    {
        if (IsNew && await Destination.HeadAsync(Key, cancellationToken).ConfigureAwait(false) is not null)
            throw Drift.Taken(Destination.Root, Key);
    }

    /// <summary>Why it cannot be stored under its key; null when it can. Looks at the destination as it is now.</summary>
    public TrainctlException? Refusal() => Obstacle is null ? KeyRefusal.Of(Destination, Key) : KeyRefusal.For(Destination, Key, Obstacle);
}

/// <summary>How one transfer ended.</summary>
/// <param name="Item">What was asked for.</param>
/// <param name="Stored">The object at the destination; null when it failed.</param>
/// <param name="Checksum">Of the bytes that went through; null when it failed.</param>
/// <param name="Proof">How the bytes were proven.</param>
/// <param name="Failure">Null when it succeeded.</param>
internal sealed record TransferResult(TransferItem Item, StoredObject? Stored, Checksum? Checksum, TransferProof Proof, TrainctlException? Failure)
{
    /// <summary>The object as it was when it was moved, which another may have replaced after it was listed.</summary>
    public StoredObject Moved { get; init; } = Item.Object;
}
