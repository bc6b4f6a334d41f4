namespace Trainctl.Transfer;

/// <summary>How far a transfer is: facts only, the front end draws.</summary>
public sealed record TransferProgress
{
    /// <summary>What is being done, one word for a person: stage, upload, prune.</summary>
    public required string Operation { get; init; }

    /// <summary>Objects finished so far.</summary>
    public required long ObjectsDone { get; init; }

    /// <summary>Objects known so far; grows while listing goes on.</summary>
    public required long ObjectsKnown { get; init; }

    /// <summary>Bytes moved so far.</summary>
    public required long BytesDone { get; init; }

    /// <summary>Bytes known so far; grows while listing goes on.</summary>
    public required long BytesKnown { get; init; }

    /// <summary>Since the transfer began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The object that moved last.</summary>
    public string? CurrentKey { get; init; }

    /// <summary>Whether this is the last report of the transfer.</summary>
    public bool IsFinal { get; init; }
}
