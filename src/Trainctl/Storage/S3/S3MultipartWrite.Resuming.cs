using Amazon.S3.Model;

namespace Trainctl.Storage.S3;

/// <content>Going on with an upload that another process has begun.</content>
internal sealed partial class S3MultipartWrite : IResumableWrite
{
    private readonly Dictionary<int, PartDetail> _found = [];

    /// <summary>The upload with the parts that the store has of it; they count for nothing until they are proven.</summary>
    public S3MultipartWrite(S3Bucket bucket, string key, long size, PutOptions options, string uploadId, IEnumerable<PartDetail> found)
        : this(bucket, key, size, options, uploadId)
    {
        foreach (var part in found)
            _found[part.PartNumber ?? 0] = part;
    }

    public string UploadId => uploadId;

    public long BytesFound => _found.Values.Sum(static p => p.Size ?? 0);

    public bool MayHave(int number, long length) => _found.TryGetValue(number, out var part) && part.Size == length && !string.IsNullOrEmpty(part.ETag);

    public async ValueTask<bool> TryAdoptAsync(int number, long offset, long length, Checksum checksum, string? tag, Func<ValueTask<string>> readMd5)
    {
        if (!MayHave(number, length))
            return false;
        var part = _found[number];
        string? crc64 = null;
        if (bucket.Connection.Provider.TakesCrc64)
        {
            // Needed for the completion too, so a part of which the store does not tell it is sent again.
            crc64 = PayloadProof.FormatCrc64(checksum);
            if (part.ChecksumCRC64NVME != crc64)
                return false;
        }
        else if (tag is null || ObjectMetadata.Unquote(part.ETag) != tag)
        {
            if (ObjectMetadata.Md5Of(ObjectMetadata.Unquote(part.ETag), null) is not { } md5 || await readMd5().ConfigureAwait(false) != md5)
                return false;
        }

        _parts[number] = new WrittenPart(offset, length, part.ETag, crc64);
        return true;
    }

    public string? TagOf(int number) => _parts.TryGetValue(number, out var part) ? ObjectMetadata.Unquote(part.ETag) : null;

    public void Keep() => Interlocked.Exchange(ref _isClosed, 1);
}
