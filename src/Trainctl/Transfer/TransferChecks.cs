using Trainctl.Diagnostics;
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
    /// <param name="md5">The same; null where it was not computed.</param>
    public static TransferProof Prove(TransferItem item, StoredObject found, Checksum checksum, string? md5)
    {
        var url = item.Source.Root.Append(found.Key);
        if ((found.Checksum is { } kept && kept != checksum) || (md5 is not null && md5 != found.ContentMd5))
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch,
                $"'{url}' arrived as {checksum}, and the store says it is {found.Checksum?.ToString() ?? "md5:" + found.ContentMd5}. Nothing was written. "
                + "Run again; when it happens again, the stored object is damaged.",
                found.Key);
        }

        if (item.Expected is { } expected && expected != checksum)
        {
            throw new TrainctlException(
                TrainctlError.Drift, $"'{url}' holds {checksum}, and {expected} was recorded. The store has changed since; nothing was written.", found.Key);
        }

        return found.Checksum is not null || md5 is not null || item.Destination.Traits.KeepsChecksums || item.Source.Traits.IsLocal
            ? TransferProof.Digest
            : TransferProof.Size;
    }

    /// <summary>Whether the store tells an MD5 of an object and nothing better to prove it by.</summary>
    public static bool NeedsMd5(StoredObject found) => found.ContentMd5 is not null && found.Checksum is null;

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
