using System.Net;
using System.Security.Cryptography;

namespace Trainctl.Storage.S3.Http;

/// <summary>What a request carries: it can be sent again from its beginning.</summary>
internal abstract class S3Body
{
    private string? _sha256;

    /// <summary>In bytes.</summary>
    public abstract long Length { get; }

    /// <summary>SHA-256 in lower-case hexadecimal digits, as a signature has it. Computed once.</summary>
    public async ValueTask<string> Sha256Async(CancellationToken cancellationToken) =>
        _sha256 ??= Convert.ToHexStringLower(await HashAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Writes all of it.</summary>
    /// <param name="target">The connection.</param>
    /// <param name="onWritten">Told of each number of bytes that the connection took.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public abstract Task WriteAsync(Stream target, Action<int> onWritten, CancellationToken cancellationToken);

    protected abstract ValueTask<byte[]> HashAsync(CancellationToken cancellationToken);
}

/// <summary>A body in memory.</summary>
internal sealed class MemoryBody(ReadOnlyMemory<byte> content) : S3Body
{
    private const int BlockSize = 1024 * 1024;

    public override long Length => content.Length;

    public override async Task WriteAsync(Stream target, Action<int> onWritten, CancellationToken cancellationToken)
    {
        for (var offset = 0; offset < content.Length; offset += BlockSize)
        {
            var block = content.Slice(offset, Math.Min(BlockSize, content.Length - offset));
            await target.WriteAsync(block, cancellationToken).ConfigureAwait(false);
            onWritten(block.Length);
        }
    }

    protected override ValueTask<byte[]> HashAsync(CancellationToken cancellationToken) => new(SHA256.HashData(content.Span));
}

/// <summary>A body on its way over HTTP.</summary>
internal sealed class BodyContent(S3Body body, Action<int> onWritten) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        body.WriteAsync(stream, onWritten, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
