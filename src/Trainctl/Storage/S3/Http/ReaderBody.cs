using System.Security.Cryptography;
using Trainctl.Diagnostics;
using Trainctl.Storage.Hashing;
using Trainctl.Transfer;

namespace Trainctl.Storage.S3.Http;

/// <summary>
/// A part of a local file as a body. It is read twice, for its digest and to be sent, which costs less than holding it in memory; when the file changes in
/// between, the digest that was announced is wrong and the store refuses the part. Where it announces two digests, it is read for each, and both are of the same bytes.
/// </summary>
/// <param name="source">Where the file is.</param>
/// <param name="found">The file; reading fails when it is no longer this one.</param>
/// <param name="range">The part.</param>
internal sealed class ReaderBody(IObjectReader source, StoredObject found, ByteRange range) : S3Body
{
    private Checksum? _checksum;

    public override long Length => range.Length;

    public override async ValueTask<Checksum> Crc64Async(CancellationToken cancellationToken) =>
        _checksum ??= await ReadHashedAsync(static _ => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false);

    public override async ValueTask<byte[]> HashAsync(HashAlgorithmName algorithm, CancellationToken cancellationToken)
    {
        using var hash = ContentHash.Begin(algorithm);
        var checksum = await ReadHashedAsync(Append, cancellationToken).ConfigureAwait(false);
        if (_checksum is { } before && before != checksum)
            throw new TrainctlException(TrainctlError.ChangedDuringTransfer, $"'{source.Root.Append(found.Key)}' changed while it was sent. Run again when nothing writes to it.", found.Key);
        _checksum = checksum;
        return hash.Finish();

        ValueTask Append(ReadOnlyMemory<byte> block)
        {
            hash.Append(block.Span);
            return ValueTask.CompletedTask;
        }
    }

    public override Task WriteAsync(Stream target, Action<int> onWritten, CancellationToken cancellationToken)
    {
        return ContentReader.ReadBlocksAsync(source, found, range, Send, cancellationToken);

        async ValueTask Send(ReadOnlyMemory<byte> block)
        {
            await target.WriteAsync(block, cancellationToken).ConfigureAwait(false);
            onWritten(block.Length);
        }
    }

    private Task<Checksum> ReadHashedAsync(Func<ReadOnlyMemory<byte>, ValueTask> onBlock, CancellationToken cancellationToken) =>
        ContentReader.ReadHashedAsync(source, found, range, onBlock, cancellationToken);
}
