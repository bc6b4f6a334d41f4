using System.Security.Cryptography;
using Trainctl.Storage.Hashing;
using Trainctl.Transfer;

namespace Trainctl.Storage.S3.Http;

/// <summary>A body in memory.</summary>
/// <param name="content">The bytes.</param>
/// <param name="checksum">Theirs where it is known already.</param>
internal class MemoryBody(ReadOnlyMemory<byte> content, Checksum? checksum = null) : S3Body
{
    private const int BlockSize = 1024 * 1024;

    private Checksum? _checksum = checksum;

    public override long Length => content.Length;

    protected ReadOnlySpan<byte> Content => content.Span;

    public override ValueTask<Checksum> Crc64Async(CancellationToken cancellationToken) => new(_checksum ??= Crc64.Of(content.Span));

    public override ValueTask<byte[]> HashAsync(HashAlgorithmName algorithm, CancellationToken cancellationToken) =>
        new(ContentHash.Of(algorithm, content.Span));

    public override async Task WriteAsync(Stream target, Action<int> onWritten, CancellationToken cancellationToken)
    {
        for (var offset = 0; offset < content.Length; offset += BlockSize)
        {
            var block = content.Slice(offset, Math.Min(BlockSize, content.Length - offset));
            await target.WriteAsync(block, cancellationToken).ConfigureAwait(false);
            onWritten(block.Length);
        }
    }
}
