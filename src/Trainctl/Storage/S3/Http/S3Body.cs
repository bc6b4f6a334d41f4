using System.Net;
using System.Security.Cryptography;
using Trainctl.Transfer;

namespace Trainctl.Storage.S3.Http;

/// <summary>What a request carries: it can be sent again from its beginning.</summary>
internal abstract class S3Body
{
    private string? _sha256;

    /// <summary>In bytes.</summary>
    public abstract long Length { get; }

    /// <summary>SHA-256 in lower-case hexadecimal digits, as a signature has it. Computed once.</summary>
    public async ValueTask<string> Sha256Async(CancellationToken cancellationToken) =>
        _sha256 ??= Convert.ToHexStringLower(await HashAsync(HashAlgorithmName.SHA256, cancellationToken).ConfigureAwait(false));

    /// <summary>CRC-64/NVME. Computed once, with another digest where one was asked for before.</summary>
    public abstract ValueTask<Checksum> Crc64Async(CancellationToken cancellationToken);

    /// <summary>A digest.</summary>
    public abstract ValueTask<byte[]> HashAsync(HashAlgorithmName algorithm, CancellationToken cancellationToken);

    /// <summary>Writes all of it.</summary>
    /// <param name="target">The connection.</param>
    /// <param name="onWritten">Told of each number of bytes that the connection took.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public abstract Task WriteAsync(Stream target, Action<int> onWritten, CancellationToken cancellationToken);
}

/// <summary>A body on its way over HTTP.</summary>
/// <param name="body">The body.</param>
/// <param name="stall">Told of what the connection takes.</param>
/// <param name="bandwidth">How fast it may go; null for no limit.</param>
internal sealed class BodyContent(S3Body body, StallGuard stall, Bandwidth? bandwidth) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <summary>Whether any of it may have been sent.</summary>
    public bool HasBegun { get; private set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        HasBegun = true;
        if (bandwidth is null)
        {
            await body.WriteAsync(stream, Passed, cancellationToken).ConfigureAwait(false);
            return;
        }

        var paced = new PacedStream(stream, bandwidth, stall);
        await using (paced.ConfigureAwait(false))
            await body.WriteAsync(paced, Passed, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }

    private void Passed(int bytes) => stall.Passed(bytes, isWaiting: true);
}
