using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Transfer.Resuming;

namespace Trainctl.Transfer;

/// <summary>
/// Moves one object and proves it. What is read is checked against the digest that the source keeps; what is written is checked by the destination;
/// a source that changes meanwhile is noticed and read again. Small objects on a disk last once the caller has flushed what was deferred.
/// </summary>
internal sealed class ObjectTransfer(
    TransferSettings settings, EngineHost host, ProgressMeter progress, SemaphoreSlim largeOnes, DeferredWrites deferred)
{
    private readonly Resumption _resumption = new(host);
    private readonly WholeTransfer _whole = new(progress, largeOnes, deferred);

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
                catch (TrainctlException exception) when (attempt < TransferChecks.Attempts && IsWorthReadingAgain(item, exception))
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
        // A later attempt may find what an earlier one has left there.
        if (attempt == 1)
            await item.ThrowIfTakenAsync(cancellationToken).ConfigureAwait(false);
        if (attempt == 1 && item.Source is IDescribingReader source && item.Object.ContentModifiedAt is null && item.Object.Size <= settings.LargestWhole
            && !_resumption.IsBegun(item, item.Object))
        {
            return await _whole.MoveAsync(item, source, cancellationToken).ConfigureAwait(false);
        }

        var found = await DescribeAsync(item, attempt, cancellationToken).ConfigureAwait(false);
        return found.Size <= settings.LargestWhole && !_resumption.IsBegun(item, found)
            ? await _whole.MoveAsync(item, found, cancellationToken).ConfigureAwait(false)
            : await MovePartsAsync(item, found, item.OptionsFor(found), cancellationToken).ConfigureAwait(false);
    }

    private async Task<TransferResult> MovePartsAsync(TransferItem item, StoredObject found, PutOptions options, CancellationToken cancellationToken)
    {
        // Metadata is sent before the first part: a store that keeps checksums must be told it by then, so a local file is read once for it alone.
        if (options.Checksum is null && item.Destination.Traits.KeepsChecksums && item.Source.Traits.IsLocal)
            options = options with { Checksum = await ContentReader.ChecksumAsync(item.Source, found, cancellationToken).ConfigureAwait(false) };

        var isDownload = item.Destination.Traits.IsLocal && !item.Source.Traits.IsLocal;
        var wanted = settings.PartSizeBytes ?? (isDownload ? PartLayout.DefaultForDownload(found.Size) : PartLayout.DefaultSize);
        var partSize = PartLayout.PartSize(found.Size, wanted, item.Destination.Traits);
        var opening = await _resumption.OpenAsync(item, found, options, partSize, cancellationToken).ConfigureAwait(false);
        if (opening.Transfer is not { } transfer)
        {
            progress.Moved(found.Size, item.Key);
            var kept = opening.Stored!.Checksum!.Value;
            return new TransferResult(item, opening.Stored, kept, TransferChecks.Prove(item, found, kept, null), null) { Moved = found };
        }

        await using (transfer.ConfigureAwait(false))
        {
            try
            {
                var whole = await MoveThroughAsync(item, found, transfer, cancellationToken).ConfigureAwait(false);
                await TransferChecks.ThrowIfChangedAsync(item, found, cancellationToken).ConfigureAwait(false);
                if (item.Source.Traits.IsLocal && options.Checksum is { } before && before != whole)
                    throw TransferChecks.Changed(item);
                var digest = TransferChecks.NeedOf(item, found) is { } kept ? transfer.ReadBack(item, kept, found.Size) : null;
                var proof = TransferChecks.Prove(item, found, whole, digest);
                await item.ThrowIfTakenAsync(cancellationToken).ConfigureAwait(false);
                var stored = await transfer.CompleteAsync(whole, cancellationToken).ConfigureAwait(false);
                return new TransferResult(item, stored, whole, proof, null) { Moved = found };
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
            using var place = await Place.TakeAsync(largeOnes, token).ConfigureAwait(false);
            checksums[part.Number - 1] = await transfer.MoveAsync(item, found, part, token).ConfigureAwait(false);
            progress.Moved(part.Range.Length, item.Key);
        }).ConfigureAwait(false);

        var whole = checksums[0];
        for (var i = 1; i < parts.Length; i++)
            whole = Crc64.Combine(whole, checksums[i], parts[i].Range.Length);
        return whole;
    }

    private static TransferResult Failed(TransferItem item, TrainctlException failure) => new(item, null, null, TransferProof.Size, failure);
}
