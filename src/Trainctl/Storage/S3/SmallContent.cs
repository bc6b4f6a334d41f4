using Trainctl.Diagnostics;
using Trainctl.Transfer;

namespace Trainctl.Storage.S3;

/// <summary>
/// Reads small objects whole and proves them before anybody sees a byte: manifests, states and pointers decide what is deleted. What was damaged on its way
/// is read again. A range that is not all of an object cannot be proven: stores tell digests of whole objects only.
/// </summary>
internal static class SmallContent
{
    /// <summary>Larger content is proven by whoever reads it.</summary>
    public const int Largest = 1024 * 1024;

    private const int Attempts = 3;

    public static async Task<Stream> ReadAsync(S3Bucket bucket, string key, ByteRange? range, string? ifMatch, CancellationToken cancellationToken)
    {
        HashSet<Checksum>? arrived = null;
        for (var attempt = 1; ; attempt++)
        {
            var stream = await S3ReadStream.OpenAsync(bucket, key, range, ifMatch, cancellationToken).ConfigureAwait(false);
            if (stream.Length > Largest || !stream.IsWhole)
                return stream;
            await using (stream.ConfigureAwait(false))
            {
                var content = new byte[stream.Length];
                await stream.ReadExactlyAsync(content, cancellationToken).ConfigureAwait(false);
                // What arrives twice is right; the object was made of other parts than it seemed then.
                if (IsProven(stream.Found, content) || (stream.Found.IsDigestGuessed && !(arrived ??= []).Add(Crc64.Of(content))))
                    return new MemoryStream(content, writable: false);
            }

            if (attempt == Attempts)
            {
                throw new TrainctlException(
                    TrainctlError.ChecksumMismatch,
                    $"'{bucket.Root.Append(key)}' is not what the store says it is, {Attempts} times. When it happens again, the stored object is damaged.",
                    key);
            }

            bucket.Log.Debug($"'{bucket.Root.Append(key)}' arrived damaged and is read again.");
        }
    }

    private static bool IsProven(StoredObject found, byte[] content) => found switch
    {
        { Checksum: not null } => !found.IsContradictedBy(Crc64.Of(content)),
        { Digest: { } digest } => DigestHash.Of(digest, content) == digest,
        _ => true,
    };
}
