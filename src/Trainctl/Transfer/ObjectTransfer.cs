using System.Buffers;
using System.Security.Cryptography;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer.Resuming;

namespace Trainctl.Transfer;

/// <summary>
/// Moves one object and proves it. What is read is checked against the digest that the source keeps; what is written is checked by the destination;
/// a source that changes meanwhile is noticed and read again.
/// </summary>
internal sealed class ObjectTransfer(TransferSettings settings, EngineHost host, ProgressMeter progress, SemaphoreSlim largeBuffers)
{
    /// <summary>Buffers up to this size are not counted against the limit for large ones.</summary>
    private const int SmallBuffer = 1024 * 1024;

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
                    return await MoveAsync(item, await DescribeAsync(item, attempt, cancellationToken).ConfigureAwait(false), cancellationToken)
                        .ConfigureAwait(false);
                }
                catch (TrainctlException exception) when (exception.Error == TrainctlError.ChangedDuringTransfer && attempt < Attempts && !item.IsExact)
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

    private async Task<TransferResult> MoveAsync(TransferItem item, StoredObject found, CancellationToken cancellationToken)
    {
        var options = new PutOptions
        {
            ContentModifiedAt = found.ContentModifiedAt ?? found.ModifiedAt,
            Checksum = found.Checksum,
            StorageClass = item.StorageClass,
        };
        return found.Size <= settings.PartSizeBytes && !_resumption.IsBegun(item, found)
            ? await MoveWholeAsync(item, found, options, cancellationToken).ConfigureAwait(false)
            : await MovePartsAsync(item, found, options, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TransferResult> MoveWholeAsync(TransferItem item, StoredObject found, PutOptions options, CancellationToken cancellationToken)
    {
        using var buffer = await RentAsync((int)found.Size, cancellationToken).ConfigureAwait(false);
        await ContentReader.ReadAsync(item.Source, found, null, buffer.Memory, cancellationToken).ConfigureAwait(false);
        await ThrowIfChangedAsync(item, found, cancellationToken).ConfigureAwait(false);
        var checksum = Crc64.Of(buffer.Memory.Span);
        var proof = Prove(item, found, checksum, found.ContentMd5 is null ? null : Md5(buffer.Memory.Span));
        var stored = await item.Destination.PutAsync(item.Key, buffer.Memory, options with { Checksum = checksum }, cancellationToken).ConfigureAwait(false);
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
            using var buffer = await RentAsync((int)part.Range.Length, token).ConfigureAwait(false);
            if (await transfer.FindAsync(part, buffer.Memory, token).ConfigureAwait(false) is { } proven)
            {
                checksums[part.Number - 1] = proven;
            }
            else
            {
                await ContentReader.ReadAsync(item.Source, found, part.Range, buffer.Memory, token).ConfigureAwait(false);
                var checksum = checksums[part.Number - 1] = Crc64.Of(buffer.Memory.Span);
                await transfer.WriteAsync(part, buffer.Memory, checksum, token).ConfigureAwait(false);
            }

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
        if (item.Expected is { } expected && expected != checksum)
        {
            throw new TrainctlException(
                TrainctlError.Drift, $"'{url}' holds {checksum}, and {expected} was recorded. The store has changed since; nothing was written.", found.Key);
        }

        if ((found.Checksum is { } kept && kept != checksum) || (md5 is not null && md5 != found.ContentMd5))
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch,
                $"'{url}' arrived as {checksum}, and the store says it is {found.Checksum?.ToString() ?? "md5:" + found.ContentMd5}. Nothing was written. "
                + "Run again; when it happens again, the stored object is damaged.",
                found.Key);
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

#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: MD5 is what S3 tells about an object, and it is used against accidents only
    private static string Md5(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351

    private async Task<RentedBuffer> RentAsync(int size, CancellationToken cancellationToken)
    {
        if (size <= SmallBuffer)
            return new RentedBuffer(size, null);
        await largeBuffers.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new RentedBuffer(size, largeBuffers);
    }

    private sealed class RentedBuffer(int size, SemaphoreSlim? permit) : IDisposable
    {
        private readonly byte[] _array = ArrayPool<byte>.Shared.Rent(size);

        public Memory<byte> Memory => _array.AsMemory(0, size);

        public void Dispose()
        {
            ArrayPool<byte>.Shared.Return(_array);
            permit?.Release();
        }
    }
}
