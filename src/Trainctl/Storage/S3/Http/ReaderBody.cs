using System.Buffers;
using System.Security.Cryptography;
using HashedCrc64 = System.IO.Hashing.Crc64;

namespace Trainctl.Storage.S3.Http;

/// <summary>
/// A part of a local file as a body. It is read twice, for its digest and to be sent, which costs less than holding it in memory; when the file changes in
/// between, the digest that was announced is wrong and the store refuses the part.
/// </summary>
/// <param name="source">Where the file is.</param>
/// <param name="found">The file; reading fails when it is no longer this one.</param>
/// <param name="range">The part.</param>
internal sealed class ReaderBody(IObjectReader source, StoredObject found, ByteRange range) : S3Body
{
    private const int BlockSize = 128 * 1024;

    private Checksum? _checksum;

    public override long Length => range.Length;

    public override async ValueTask<Checksum> Crc64Async(CancellationToken cancellationToken)
    {
        if (_checksum is { } known)
            return known;
        await ReadAsync(null, null, null, cancellationToken).ConfigureAwait(false);
        return _checksum!.Value;
    }

    public override async ValueTask<byte[]> HashAsync(HashAlgorithmName algorithm, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        await ReadAsync(hash, null, null, cancellationToken).ConfigureAwait(false);
        return hash.GetHashAndReset();
    }

    public override Task WriteAsync(Stream target, Action<int> onWritten, CancellationToken cancellationToken) =>
        ReadAsync(null, target, onWritten, cancellationToken);

    private async Task ReadAsync(IncrementalHash? hash, Stream? target, Action<int>? onWritten, CancellationToken cancellationToken)
    {
        var crc = target is null && _checksum is null ? new HashedCrc64(System.IO.Hashing.Crc64ParameterSet.Nvme) : null;
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var stream = await source.OpenReadAsync(found.Key, range, found.ETag, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                int read;
                while ((read = await stream.ReadAsync(buffer.AsMemory(0, BlockSize), cancellationToken).ConfigureAwait(false)) > 0)
                {
                    hash?.AppendData(buffer, 0, read);
                    crc?.Append(buffer.AsSpan(0, read));
                    if (target is null)
                        continue;
                    await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    onWritten!(read);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (crc is not null)
            _checksum = new Checksum(crc.GetCurrentHashAsUInt64());
    }
}
