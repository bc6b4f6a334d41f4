using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>What must be true of content before it may stand under its name at the destination.</summary>
internal static class TransferChecks
{
    /// <summary>How often an object is read that changes meanwhile or arrives damaged.</summary>
    public const int Attempts = 3;

    /// <summary>Compares what arrived with all that is known of what should have.</summary>
    /// <param name="item">What was asked for.</param>
    /// <param name="found">The object as its store describes it.</param>
    /// <param name="checksum">Of what arrived.</param>
    /// <param name="digest">The same, of the kind that the store tells; null where it was not computed.</param>
    public static TransferProof Prove(TransferItem item, StoredObject found, Checksum checksum, KeptDigest? digest)
    {
        var url = item.Source.Root.Append(found.Key);
        if (digest is not null && digest != found.Digest && found.IsDigestGuessed && !item.Doubt(checksum))
            return TransferProof.Size;
        if (found.IsContradictedBy(checksum) || (digest is not null && digest != found.Digest))
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch,
                $"'{url}' arrived as {checksum}, and the store says it is {(found.AnnouncedChecksum ?? found.Checksum)?.ToString() ?? found.Digest!.ToString()}. Nothing was written. "
                + "Run again; when it happens again, the stored object is damaged.",
                found.Key);
        }

        if (item.Expected is { } expected && expected != checksum)
        {
            throw new TrainctlException(
                TrainctlError.Drift, $"'{url}' holds {checksum}, and {expected} was recorded. The store has changed since; nothing was written.", found.Key);
        }

        return found.Checksum is not null || digest is not null || item.Expected is not null || item.Source.Traits.IsLocal ? TransferProof.Digest : TransferProof.Size;
    }

    /// <summary>What must be computed of an object besides its checksum, for its store tells that and nothing better to prove it by.</summary>
    public static KeptDigest? NeedOf(TransferItem item, StoredObject found) => found.Checksum is null && item.Expected is null ? found.Digest : null;

    /// <summary>A remote source is read under the condition of its ETag; a file is looked at again.</summary>
    public static async Task ThrowIfChangedAsync(TransferItem item, StoredObject found, CancellationToken cancellationToken)
    {
        if (!item.Source.Traits.IsLocal)
            return;
        var now = await item.Source.HeadAsync(found.Key, cancellationToken).ConfigureAwait(false);
        if (now?.ETag != found.ETag)
            throw Changed(item);
    }

    public static TrainctlException Changed(TransferItem item) => new(
        TrainctlError.ChangedDuringTransfer,
        $"'{item.Source.Root.Append(item.Object.Key)}' changed while it was read, {Attempts} times. Nothing was written. Run again when nothing writes to it.",
        item.Object.Key);
}
