using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.S3;

namespace Trainctl.Transfer.S5cmd;

/// <summary>
/// An object on its way to a folder. s5cmd writes a temporary file; it gets its name when its bytes have the digest that the bucket keeps for the
/// object, and the object is still the one that was listed.
/// </summary>
/// <param name="item">The object.</param>
/// <param name="settings">Of the transfer.</param>
/// <param name="concurrency">Parts at once.</param>
internal sealed class S5cmdDownload(TransferItem item, TransferSettings settings, int concurrency) : S5cmdJob(item)
{
    private const int BlockSize = 128 * 1024;
    private readonly ForeignFile _file = ForeignFile.Begin((FolderStore)item.Destination, item.Key);

    public override string Destination => _file.TemporaryPath;

    public override string Trace => _file.TemporaryPath;

    public override async Task<string?> PrepareAsync(CancellationToken cancellationToken)
    {
        // An ETag that looks like an MD5 nearly always is a digest; of any other object the bucket must know a checksum, or nothing could be proven.
        if (ObjectMetadata.Md5Of(Item.Object.ETag, null) is null)
        {
            var found = await Item.Source.HeadAsync(Item.Object.Key, cancellationToken).ConfigureAwait(false);
            if (found is not { Checksum: not null } || found.ETag != Item.Object.ETag)
                return null;
        }

        var partSize = S5cmdPartSize.InMebiBytes(Item.Object.Size, settings.LargestWhole, Item.Source.Traits);
        var url = UrlOf(Item.Source.Root, (IForeignAccess)Item.Source, Item.Object.Key);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"cp --raw --concurrency {concurrency} --part-size {partSize} {ShellWord.Quote(url)} {ShellWord.Quote(_file.TemporaryPath)}");
    }

    public override async Task<TransferResult> ProveAsync(CancellationToken cancellationToken)
    {
        var found = await Item.Source.HeadAsync(Item.Object.Key, cancellationToken).ConfigureAwait(false) ?? throw new UnprovenException("is gone");
        if (found.ETag is null || found.ETag != Item.Object.ETag || found.Size != Item.Object.Size)
            throw new UnprovenException("changed while it was read");
        if (found is { Checksum: null, ContentMd5: null })
            throw new UnprovenException("has no digest that could prove it", isTelling: true);
        var handle = _file.Open();
        var length = RandomAccess.GetLength(handle);
        if (length != found.Size)
            throw new UnprovenException($"arrived with {length} bytes of {found.Size}");
        var checksum = await DigestAsync(handle, found, cancellationToken).ConfigureAwait(false);
        if (Item.Expected is { } expected && expected != checksum)
            throw new UnprovenException($"arrived as {checksum}, and {expected} was recorded");
        var stored = _file.Complete(found.ContentModifiedAt ?? found.ModifiedAt);
        return new TransferResult(Item, stored, checksum, TransferProof.Digest, null);
    }

    protected override void CleanUp() => _file.Dispose();

    /// <summary>Compares the file with the checksum that is kept with the object, else with its MD5.</summary>
    private static async Task<Checksum> DigestAsync(SafeFileHandle handle, StoredObject found, CancellationToken cancellationToken)
    {
        var crc = new System.IO.Hashing.Crc64(Crc64ParameterSet.Nvme);
        using var md5 = found.Checksum is null ? Md5.Begin() : null;
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            long offset = 0;
            int read;
            while ((read = await RandomAccess.ReadAsync(handle, buffer, offset, cancellationToken).ConfigureAwait(false)) > 0)
            {
                crc.Append(buffer.AsSpan(0, read));
                md5?.Append(buffer.AsSpan(0, read));
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var checksum = new Checksum(crc.GetCurrentHashAsUInt64());
        if (found.IsContradictedBy(checksum))
            throw new UnprovenException($"arrived as {checksum}, and the bucket says it is {found.AnnouncedChecksum ?? found.Checksum}");
        if (md5 is not null && Convert.ToHexStringLower(md5.Finish()) is var arrived && arrived != found.ContentMd5)
            throw new UnprovenException($"arrived as md5:{arrived}, and the bucket says it is md5:{found.ContentMd5}");
        return checksum;
    }
}
