using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Transfer.Resuming;

/// <summary>One object on its way in, in parts. This one begins at the first byte and leaves nothing behind when it fails.</summary>
internal class PartTransfer(IMultipartWrite write, long partSize) : IAsyncDisposable
{
    /// <summary>Bytes of each part but the last: those of the earlier run, where there was one.</summary>
    public long PartSize => partSize;

    /// <summary>Brings a part to the destination, through as little memory as both ends allow, unless it is there already and proven.</summary>
    /// <returns>The checksum of the part.</returns>
    public virtual async Task<Checksum> MoveAsync(TransferItem item, StoredObject found, ObjectPart part, CancellationToken cancellationToken)
    {
        if (write is IStreamedWrite streamed && item.Source.Traits.IsLocal)
            return await streamed.WritePartAsync(part.Number, item.Source, found, part.Range, cancellationToken).ConfigureAwait(false);
        if (write is IBlockWrite blocks)
            return await ContentReader.CopyAsync(item.Source, found, part.Range, blocks, cancellationToken).ConfigureAwait(false);
        using var buffer = new PartBuffer(part.Range.Length);
        await ContentReader.ReadAsync(item.Source, found, part.Range, buffer.Memory, cancellationToken).ConfigureAwait(false);
        await write.WritePartAsync(part.Number, part.Range.Offset, buffer.Memory, cancellationToken).ConfigureAwait(false);
        return Crc64.Of(buffer.Memory.Span);
    }

    /// <summary>A digest of all that has arrived, which parts in any order do not give. Null where a destination does not let what is on its way be read.</summary>
    /// <exception cref="TrainctlException">It should let it be read, and it cannot.</exception>
    public KeptDigest? ReadBack(TransferItem item, KeptDigest expected, long size)
    {
        if (write is not IBlockWrite blocks)
            return null;
        return DigestHash.ReadBack(blocks, expected, size) ?? throw new TrainctlException(
            TrainctlError.WriteFailed,
            $"What was written for '{item.Destination.Root.Append(item.Key)}' cannot be read back to be proven, so it was not made visible. Check the disk, and run again.",
            item.Key);
    }

    public virtual Task<StoredObject> CompleteAsync(Checksum whole, CancellationToken cancellationToken) => write.CompleteAsync(whole, cancellationToken);

    /// <summary>Told before it is disposed why it did not end well.</summary>
    public virtual void Fail(Exception cause)
    {
    }

    public virtual ValueTask DisposeAsync() => write.DisposeAsync();

    /// <summary>
    /// Whether another run may end better with the parts that are there. Not where they are wrong or belong to nothing any more, nor where the store
    /// said no to something that will not change.
    /// </summary>
    protected static bool IsWorthKeeping(Exception cause) => cause switch
    {
        OperationCanceledException => true,
        TrainctlException failure => failure.Error is not (TrainctlError.ChangedDuringTransfer or TrainctlError.ChecksumMismatch or TrainctlError.Drift
            or TrainctlError.ObjectNotFound or TrainctlError.StoreNotFound or TrainctlError.SourceNotFound or TrainctlError.StoreRejected or TrainctlError.UnsafeKey),
        _ => true,
    };
}

/// <summary>How a transfer in parts begins.</summary>
/// <param name="Transfer">Null when there is nothing left to do.</param>
/// <param name="Stored">The object, where an earlier run has completed it.</param>
internal sealed record PartOpening(PartTransfer? Transfer, StoredObject? Stored);
