using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>
/// Moves objects that are not cut into parts. Small ones go through memory at once; of larger ones no more than a block is in memory where both ends allow it.
/// </summary>
internal sealed class WholeTransfer(ProgressMeter progress, SemaphoreSlim largeOnes, DeferredWrites deferred)
{
    /// <summary>Content up to this size is held in memory.</summary>
    private const int Held = ContentReader.BlockSize;

    /// <summary>Objects up to this size are not counted against the limit for large ones.</summary>
    public const int Small = 1024 * 1024;

    /// <summary>Moves an object that is described well enough.</summary>
    public async Task<TransferResult> MoveAsync(TransferItem item, StoredObject found, CancellationToken cancellationToken)
    {
        using var place = await TakePlaceAsync(found.Size, cancellationToken).ConfigureAwait(false);
        if (found.Size > Held && item.Source.Traits.IsLocal && item.Destination is IStreamedPut destination)
            return await SendAsync(item, found, destination, cancellationToken).ConfigureAwait(false);
        // A file is opened all the same: one that claims to be empty may not be.
        var content = found.Size == 0 && !item.Source.Traits.IsLocal ? Stream.Null : await item.Source.OpenReadAsync(found.Key, null, found.ETag, cancellationToken).ConfigureAwait(false);
        return await ReceiveAsync(item, new DescribedContent(found, content), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Moves an object that was only listed: the answer with the content tells what the listing left out, so that one request does.</summary>
    public async Task<TransferResult> MoveAsync(TransferItem item, IDescribingReader source, CancellationToken cancellationToken)
    {
        var listed = item.Object;
        using var place = await TakePlaceAsync(listed.Size, cancellationToken).ConfigureAwait(false);
        var described = await source.OpenDescribedAsync(listed.Key, listed.ETag, cancellationToken).ConfigureAwait(false);
        if (described.Found.Size == listed.Size)
            return await ReceiveAsync(item, described, cancellationToken).ConfigureAwait(false);
        await described.Content.DisposeAsync().ConfigureAwait(false);
        throw TransferChecks.Changed(item);
    }

    /// <summary>Lets the store take a file from where it is.</summary>
    private async Task<TransferResult> SendAsync(TransferItem item, StoredObject found, IStreamedPut destination, CancellationToken cancellationToken)
    {
        var proof = TransferProof.Size;
        var stored = await destination.PutAsync(
            item.Key, item.Source, found, item.OptionsFor(found), checksum => proof = TransferChecks.Prove(item, found, checksum, null), cancellationToken)
            .ConfigureAwait(false);
        return Done(item, found, stored, stored.Checksum!.Value, proof);
    }

    private async Task<TransferResult> ReceiveAsync(TransferItem item, DescribedContent described, CancellationToken cancellationToken)
    {
        var (found, content) = described;
        if (found.Size > Held && deferred.To(item.Destination) is { } disk)
        {
            await using (content.ConfigureAwait(false))
                return await ThroughAsync(item, found, content, disk, cancellationToken).ConfigureAwait(false);
        }

        using var buffer = new PartBuffer(found.Size);
        await using (content.ConfigureAwait(false))
            await content.ReadExactlyAsync(buffer.Memory, cancellationToken).ConfigureAwait(false);
        await TransferChecks.ThrowIfChangedAsync(item, found, cancellationToken).ConfigureAwait(false);
        return await WriteAsync(item, found, buffer.Memory, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes content to a disk as it comes. It has no name before it is proven.</summary>
    private async Task<TransferResult> ThroughAsync(TransferItem item, StoredObject found, Stream content, IDeferredWrites disk, CancellationToken cancellationToken)
    {
        var write = disk.Begin(item.Key, found.Size, item.OptionsFor(found));
        await using (write.ConfigureAwait(false))
        {
            var (checksum, digest) = await ContentReader.CopyAsync(content, write, TransferChecks.NeedOf(item, found), cancellationToken).ConfigureAwait(false);
            await TransferChecks.ThrowIfChangedAsync(item, found, cancellationToken).ConfigureAwait(false);
            var proof = TransferChecks.Prove(item, found, checksum, digest);
            var stored = await write.CompleteAsync(checksum, cancellationToken).ConfigureAwait(false);
            return Done(item, found, stored, checksum, proof);
        }
    }

    private async Task<TransferResult> WriteAsync(TransferItem item, StoredObject found, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var checksum = Crc64.Of(content.Span);
        var proof = TransferChecks.Prove(item, found, checksum, TransferChecks.NeedOf(item, found) is { } kept ? DigestHash.Of(kept, content.Span) : null);
        var options = item.OptionsFor(found) with { Checksum = checksum };
        if (deferred.To(item.Destination) is not { } disk)
            return Done(item, found, await item.Destination.PutAsync(item.Key, content, options, cancellationToken).ConfigureAwait(false), checksum, proof);
        var write = disk.Begin(item.Key, found.Size, options);
        await using (write.ConfigureAwait(false))
        {
            if (!content.IsEmpty)
                write.WriteBlock(0, content.Span);
            return Done(item, found, await write.CompleteAsync(checksum, cancellationToken).ConfigureAwait(false), checksum, proof);
        }
    }

    private TransferResult Done(TransferItem item, StoredObject found, StoredObject stored, Checksum checksum, TransferProof proof)
    {
        progress.Moved(found.Size, item.Key);
        return new TransferResult(item, stored, checksum, proof, null) { Moved = found };
    }

    private ValueTask<Place> TakePlaceAsync(long size, CancellationToken cancellationToken) =>
        size <= Small ? default : Place.TakeAsync(largeOnes, cancellationToken);
}
