using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.S3;

namespace Trainctl.Transfer.S5cmd;

/// <summary>A file on its way to a bucket. It is read once before, because its checksum travels as metadata, and its parts make the ETag.</summary>
internal sealed class S5cmdUpload(TransferItem item, TransferSettings settings, int concurrency) : S5cmdJob(item)
{
    private ContentDigest? _digest;

    public override string Destination { get; } = UrlOf(item.Destination.Root, (IForeignAccess)item.Destination, item.Key);

    public override string Trace => Item.Key;

    public override async Task<string?> PrepareAsync(CancellationToken cancellationToken)
    {
        var size = Item.Object.Size;
        var traits = Item.Destination.Traits;
        _digest = await ContentDigest.ReadAsync(Item.Source, Item.Object, S5cmdPartSize.InBytes(size, settings.LargestWhole, traits), cancellationToken)
            .ConfigureAwait(false);
        if ((Item.Expected is { } expected && expected != _digest.Checksum) || await IsSourceChangedAsync(cancellationToken).ConfigureAwait(false))
            return null;
        var inParts = size > S5cmdPartSize.InBytes(size, settings.LargestWhole, traits);
        var words = new List<string>
        {
            "cp --raw",
            string.Create(CultureInfo.InvariantCulture, $"--concurrency {concurrency}"),
            string.Create(CultureInfo.InvariantCulture, $"--part-size {S5cmdPartSize.InMebiBytes(size, settings.LargestWhole, traits)}"),
            $"--content-type {ShellWord.Quote(S5cmdSuitability.BucketOf(Item).ContentTypeOf(Item.Key, inParts))}",
            $"--metadata {ShellWord.Quote($"{ObjectMetadata.TimeName}={ObjectMetadata.FormatTime(Time)}")}",
            $"--metadata {ShellWord.Quote($"{ObjectMetadata.ChecksumName}={_digest.Checksum}")}",
        };
        if (Item.StorageClass is { } storageClass)
            words.Add($"--storage-class {ShellWord.Quote(storageClass)}");
        words.Add(ShellWord.Quote(S5cmdSuitability.FilePath(Item.Source, Item.Object.Key)));
        words.Add(ShellWord.Quote(Destination));
        return string.Join(' ', words);
    }

    public override async Task<TransferResult> ProveAsync(CancellationToken cancellationToken)
    {
        var digest = _digest ?? throw new InvalidOperationException("An upload is prepared before it is proven.");
        var stored = await Item.Destination.HeadAsync(Item.Key, cancellationToken).ConfigureAwait(false) ?? throw new UnprovenException("is not there");
        if (stored.Size != Item.Object.Size || stored.ETag != digest.ETag)
        {
            var leftBy = await DiscardAsync(stored, digest, cancellationToken).ConfigureAwait(false);
            throw stored.Size != Item.Object.Size
                ? new UnprovenException($"has {stored.Size} bytes there, and the file has {Item.Object.Size}", leftBy: leftBy)
                : new UnprovenException($"has the ETag {stored.ETag} there, and its content makes {digest.ETag}", IsOpaque(stored), leftBy);
        }

        if (stored.Checksum != digest.Checksum || stored.ContentModifiedAt != ObjectMetadata.ParseTime(ObjectMetadata.FormatTime(Time)))
            throw new UnprovenException("lacks its metadata there");
        if (await IsSourceChangedAsync(cancellationToken).ConfigureAwait(false))
            throw new UnprovenException("changed while it was read");
        return new TransferResult(Item, stored, digest.Checksum, TransferProof.Digest, null);
    }

    private DateTimeOffset Time => Item.Object.ContentModifiedAt ?? Item.Object.ModifiedAt;

    /// <summary>Whether the ETag of a whole object is no MD5 (KMS keys), which is how the store will name all others.</summary>
    private static bool IsOpaque(StoredObject stored) => stored.ContentMd5 is null;

    /// <summary>
    /// What carries this file's checksum and is not proven to be its content must not stay, should the second attempt fail: a later sync would believe
    /// the metadata. An object that somebody else has put there meanwhile carries another one.
    /// </summary>
    /// <returns>Why it is still there; null when it is not.</returns>
    private async Task<TrainctlException?> DiscardAsync(StoredObject stored, ContentDigest digest, CancellationToken cancellationToken)
    {
        if ((stored.AnnouncedChecksum ?? stored.Checksum) != digest.Checksum)
            return null;
        var deleted = await Item.Destination.DeleteAsync([new DeleteRequest(Item.Key, stored)], cancellationToken).ConfigureAwait(false);
        return deleted[0].Failure is { Error: not TrainctlError.Drift } failure ? failure : null;
    }

    private async Task<bool> IsSourceChangedAsync(CancellationToken cancellationToken)
    {
        var now = await Item.Source.HeadAsync(Item.Object.Key, cancellationToken).ConfigureAwait(false);
        return now?.ETag != Item.Object.ETag;
    }
}
