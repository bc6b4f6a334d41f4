using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer.Resuming;

namespace Trainctl.Transfer;

/// <summary>
/// Moves one object and proves it. What is read is checked against the digest that the source keeps; what is written is checked by the destination;
/// a source that changes meanwhile is noticed and read again. Small objects on a disk last once the caller has flushed it (<see cref="IDeferredFlush"/>).
/// </summary>
internal sealed class ObjectTransfer(TransferSettings settings, EngineHost host, ProgressMeter progress, SemaphoreSlim largeBuffers)
{
    /// <summary>Buffers up to this size are not counted against the limit for large ones.</summary>
    public const int SmallBuffer = 1024 * 1024;

    private const int Attempts = 3;

    private readonly Resumption _resumption = new(host);

    public async Task<TransferResult> RunAsync(TransferItem item, CancellationToken cancellationToken)
    {
        if (item.Refusal() is { } refusal)
            return Failed(item, refusal);

        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await MoveAsync(item, attempt, cancellationToken).ConfigureAwait(false);
                }
                catch (TrainctlException exception) when (attempt < Attempts && IsWorthReadingAgain(item, exception))
                {
                    // Read again from the start.
                }
            }
        }
        catch (TrainctlException exception)
        {
            return Failed(item, exception);
        }
        catch (IOException exception)
        {
            return Failed(item, new TrainctlException(
                TrainctlError.ReadFailed, $"Reading '{item.Source.Root.Append(item.Object.Key)}' failed: {exception.Message}", item.Object.Key, exception));
        }
    }

    /// <summary>The object with all that its store knows of it; listings of some stores leave time and checksum out.</summary>
    private static async Task<StoredObject> DescribeAsync(TransferItem item, int attempt, CancellationToken cancellationToken)
    {
        if (attempt == 1 && (item.Source.Traits.ListsContentTime || item.Object.ContentModifiedAt is not null))
            return item.Object;
        return await item.Source.HeadAsync(item.Object.Key, cancellationToken).ConfigureAwait(false) ?? throw new TrainctlException(
            TrainctlError.ObjectNotFound, $"'{item.Source.Root.Append(item.Object.Key)}' was listed and is gone now.", item.Object.Key);
    }

    /// <summary>What changed meanwhile may be whole now, and what was damaged on its way may arrive well.</summary>
    private static bool IsWorthReadingAgain(TransferItem item, TrainctlException failure) =>
        failure.Error == TrainctlError.ChecksumMismatch || (failure.Error == TrainctlError.ChangedDuringTransfer && !item.IsExact);

    private async Task<TransferResult> MoveAsync(TransferItem item, int attempt, CancellationToken cancellationToken)
    {
        if (attempt == 1 && item.Source is IDescribingReader source && item.Object.ContentModifiedAt is null && item.Object.Size <= settings.PartSizeBytes
            && !_resumption.IsBegun(item, item.Object))
        {
            return await MoveDescribedAsync(item, source, cancellationToken).ConfigureAwait(false);
        }

        var found = await DescribeAsync(item, attempt, cancellationToken).ConfigureAwait(false);
        return found.Size <= settings.PartSizeBytes && !_resumption.IsBegun(item, found)
            ? await MoveWholeAsync(item, found, cancellationToken).ConfigureAwait(false)
            : await MovePartsAsync(item, found, OptionsFor(item, found), cancellationToken).ConfigureAwait(false);
    }

    private static PutOptions OptionsFor(TransferItem item, StoredObject found) => new()
    {
        ContentModifiedAt = found.ContentModifiedAt ?? found.ModifiedAt,
        Checksum = found.Checksum,
        StorageClass = item.StorageClass,
    };

    private async Task<TransferResult> MoveWholeAsync(TransferItem item, StoredObject found, CancellationToken cancellationToken)
    {
        using var buffer = await RentAsync(found.Size, cancellationToken).ConfigureAwait(false);
        await ContentReader.ReadAsync(item.Source, found, null, buffer.Memory, cancellationToken).ConfigureAwait(false);
        await ThrowIfChangedAsync(item, found, cancellationToken).ConfigureAwait(false);
        return await WriteWholeAsync(item, found, buffer.Memory, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The answer with the content tells what the listing left out, so that one request does.</summary>
    private async Task<TransferResult> MoveDescribedAsync(TransferItem item, IDescribingReader source, CancellationToken cancellationToken)
    {
        var listed = item.Object;
        using var buffer = await RentAsync(listed.Size, cancellationToken).ConfigureAwait(false);
        var (found, content) = await source.OpenDescribedAsync(listed.Key, listed.ETag, cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            if (found.Size != listed.Size)
                throw Changed(item);
            await content.ReadExactlyAsync(buffer.Memory, cancellationToken).ConfigureAwait(false);
        }

        return await WriteWholeAsync(item, found, buffer.Memory, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TransferResult> WriteWholeAsync(TransferItem item, StoredObject found, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var checksum = Crc64.Of(content.Span);
        var proof = Prove(item, found, checksum, found.ContentMd5 is null || found.Checksum is not null ? null : Md5.Of(content.Span));
        var options = OptionsFor(item, found) with { Checksum = checksum };
        var stored = item.Destination is IDeferredFlush disk
            ? await disk.PutDeferredAsync(item.Key, content, options, cancellationToken).ConfigureAwait(false)
            : await item.Destination.PutAsync(item.Key, content, options, cancellationToken).ConfigureAwait(false);
        progress.Moved(found.Size, item.Key);
        return new TransferResult(item, stored, checksum, proof, null);
    }

    private async Task<TransferResult> MovePartsAsync(TransferItem item, StoredObject found, PutOptions options, CancellationToken cancellationToken)
    {
        // Metadata is sent before the first part: a store that keeps checksums must be told it by then, so a local file is read once for it alone.
        if (options.Checksum is null && item.Destination.Traits.KeepsChecksums && item.Source.Traits.IsLocal)
            options = options with { Checksum = await ContentReader.ChecksumAsync(item.Source, found, cancellationToken).ConfigureAwait(false) };

        var partSize = PartLayout.PartSize(found.Size, settings.PartSizeBytes, item.Destination.Traits);
        var opening = await _resumption.OpenAsync(item, found, options, partSize, cancellationToken).ConfigureAwait(false);
        if (opening.Transfer is not { } transfer)
        {
            progress.Moved(found.Size, item.Key);
            var kept = opening.Stored!.Checksum!.Value;
            return new TransferResult(item, opening.Stored, kept, Prove(item, found, kept, null), null);
        }

        await using (transfer.ConfigureAwait(false))
        {
            try
            {
                var whole = await MoveThroughAsync(item, found, transfer, cancellationToken).ConfigureAwait(false);
                await ThrowIfChangedAsync(item, found, cancellationToken).ConfigureAwait(false);
                if (item.Source.Traits.IsLocal && options.Checksum is { } before && before != whole)
                    throw Changed(item);
                var proof = Prove(item, found, whole, null);
                var stored = await transfer.CompleteAsync(whole, cancellationToken).ConfigureAwait(false);
                return new TransferResult(item, stored, whole, proof, null);
            }
            catch (Exception exception)
            {
                transfer.Fail(exception);
                throw;
            }
        }
    }

    /// <summary>All parts, as many at a time as may be. Answers the checksum of the whole.</summary>
    private async Task<Checksum> MoveThroughAsync(TransferItem item, StoredObject found, PartTransfer transfer, CancellationToken cancellationToken)
    {
        var parts = PartLayout.Parts(found.Size, transfer.PartSize).ToArray();
        var checksums = new Checksum[parts.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = settings.PartConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(parts, parallel, async (part, token) =>
        {
            using var place = await TakePlaceAsync(token).ConfigureAwait(false);
            checksums[part.Number - 1] = await transfer.MoveAsync(item, found, part, token).ConfigureAwait(false);
            progress.Moved(part.Range.Length, item.Key);
        }).ConfigureAwait(false);

        var whole = checksums[0];
        for (var i = 1; i < parts.Length; i++)
            whole = Crc64.Combine(whole, checksums[i], parts[i].Range.Length);
        return whole;
    }

    private static TransferProof Prove(TransferItem item, StoredObject found, Checksum checksum, string? md5)
    {
        var url = item.Source.Root.Append(found.Key);
        if ((found.Checksum is { } kept && kept != checksum) || (md5 is not null && md5 != found.ContentMd5))
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch,
                $"'{url}' arrived as {checksum}, and the store says it is {found.Checksum?.ToString() ?? "md5:" + found.ContentMd5}. Nothing was written. "
                + "Run again; when it happens again, the stored object is damaged.",
                found.Key);
        }

        if (item.Expected is { } expected && expected != checksum)
        {
            throw new TrainctlException(
                TrainctlError.Drift, $"'{url}' holds {checksum}, and {expected} was recorded. The store has changed since; nothing was written.", found.Key);
        }

        return found.Checksum is not null || md5 is not null || item.Destination.Traits.KeepsChecksums || item.Source.Traits.IsLocal
            ? TransferProof.Digest
            : TransferProof.Size;
    }

    /// <summary>A remote source is read under the condition of its ETag; a file is looked at again.</summary>
    private static async Task ThrowIfChangedAsync(TransferItem item, StoredObject found, CancellationToken cancellationToken)
    {
        if (!item.Source.Traits.IsLocal)
            return;
        var now = await item.Source.HeadAsync(found.Key, cancellationToken).ConfigureAwait(false);
        if (now?.ETag != found.ETag)
            throw Changed(item);
    }

    private static TrainctlException Changed(TransferItem item) => new(
        TrainctlError.ChangedDuringTransfer,
        $"'{item.Source.Root.Append(item.Object.Key)}' changed while it was read, {Attempts} times. Nothing was written. Run again when nothing writes to it.",
        item.Object.Key);

    private static TransferResult Failed(TransferItem item, TrainctlException failure) => new(item, null, null, TransferProof.Size, failure);

    /// <summary>Memory for a whole object, with a place among the large ones where it is large.</summary>
    private async Task<PlacedBuffer> RentAsync(long size, CancellationToken cancellationToken) =>
        new(size, size <= SmallBuffer ? default : await TakePlaceAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>A place among the large ones in flight.</summary>
    private async Task<Place> TakePlaceAsync(CancellationToken cancellationToken)
    {
        await largeBuffers.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Place(largeBuffers);
    }

    private readonly struct Place(SemaphoreSlim? permits) : IDisposable
    {
        public void Dispose() => permits?.Release();
    }

    private sealed class PlacedBuffer(long size, Place place) : IDisposable
    {
        private readonly PartBuffer _buffer = new(size);

        public Memory<byte> Memory => _buffer.Memory;

        public void Dispose()
        {
            _buffer.Dispose();
            place.Dispose();
        }
    }
}
