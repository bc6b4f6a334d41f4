using System.Globalization;
using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Transfer;

namespace Trainctl.Storage.Memory;

/// <summary>
/// A store that lives in memory, for tests and for programs that want to try a plan without a disk. Keeps the whole contract of
/// <see cref="IObjectStore"/>; its traits can be those of S3, so that code meets what it will meet there.
/// </summary>
public sealed class MemoryStore : IObjectStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _objects = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private Entry[]? _sorted;
    private long _writes;

    /// <summary>Creates an empty store.</summary>
    /// <param name="root">What the store calls itself; null for <c>s3://memory/</c>.</param>
    /// <param name="traits">Null for those of a disk: content times in listings, 100 ns resolution, checksums kept.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public MemoryStore(ObjectUrl? root = null, StoreTraits? traits = null, TimeProvider? time = null)
    {
        Root = (root ?? ObjectUrl.Parse("s3://memory")).WithoutEndSeparator();
        Traits = traits ?? new StoreTraits
        {
            TimeResolution = TimeSpan.FromTicks(1),
            ListsContentTime = true,
            KeepsChecksums = true,
            IsLocal = true,
        };
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Traits of S3: whole seconds, no content time and no checksum in listings, far away.</summary>
    public static StoreTraits S3Traits { get; } = new()
    {
        TimeResolution = TimeSpan.FromSeconds(1),
        ListsContentTime = false,
        KeepsChecksums = true,
        IsLocal = false,
        MinPartSizeBytes = 5 * 1024 * 1024,
        MaxPartSizeBytes = 5L * 1024 * 1024 * 1024,
        MaxParts = 10_000,
    };

    /// <inheritdoc/>
    public ObjectUrl Root { get; }

    /// <inheritdoc/>
    public StoreTraits Traits { get; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var all = Snapshot();
        for (var i = FirstAtOrAfter(all, request.Prefix); i < all.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = all[i].Description;
            if (!found.Key.StartsWith(request.Prefix, StringComparison.Ordinal))
                break;
            if (TemporaryName.Matches(found.Key.AsSpan(found.Key.LastIndexOf('/') + 1)))
                continue;
            yield return Traits.ListsContentTime ? found : found with { ContentModifiedAt = null, Checksum = null, Attributes = null };
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Find(key)?.Description);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Find(key) is not { } entry)
            throw new TrainctlException(TrainctlError.ObjectNotFound, $"Reading '{Root.Append(key)}' failed: there is no such object.", key);
        if (ifMatch is not null && ifMatch != entry.Description.ETag)
            throw new TrainctlException(TrainctlError.ChangedDuringTransfer, $"'{Root.Append(key)}' changed while it was read.", key);
        var (offset, length) = range is { } r ? (r.Offset, r.Length) : (0, entry.Content.Length);
        if (offset < 0 || length < 0 || offset > entry.Content.Length - length)
            throw new TrainctlException(TrainctlError.ReadFailed, $"'{Root.Append(key)}' holds {entry.Content.Length} bytes, and bytes {offset} to {offset + length} were asked for.", key);
        return Task.FromResult<Stream>(new MemoryStream(entry.Content, (int)offset, (int)length, writable: false));
    }

    /// <inheritdoc/>
    public string? RefusalOf(string key) => KeyRules.RefusalOf(key, prefixBytes: 0);

    /// <inheritdoc/>
    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfRefused(key);
        return Task.FromResult(Store(key, content.ToArray(), options));
    }

    /// <inheritdoc/>
    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfRefused(key);
        return Task.FromResult<IMultipartWrite>(new MemoryWrite(this, key, size, options));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
            return Task.FromResult<IReadOnlyList<DeleteOutcome>>([.. requests.Select(Delete)]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal StoredObject Store(string key, byte[] content, PutOptions options)
    {
        if (options.Checksum is { } expected && expected != Crc64.Of(content))
            throw new TrainctlException(TrainctlError.ChecksumMismatch, $"'{Root.Append(key)}' did not arrive as {expected}, so it was not stored.", key);
        var description = new StoredObject
        {
            Key = key,
            Size = content.Length,
            ModifiedAt = AtResolution(_time.GetUtcNow()),
            ContentModifiedAt = options.ContentModifiedAt?.ToUniversalTime(),
            ETag = Interlocked.Increment(ref _writes).ToString("x", CultureInfo.InvariantCulture),
            Checksum = Traits.KeepsChecksums ? options.Checksum : null,
            StorageClass = options.StorageClass,
            Attributes = options.Attributes,
        };
        lock (_gate)
        {
            _objects[key] = new Entry(description, content);
            _sorted = null;
        }

        return description;
    }

    private DeleteOutcome Delete(DeleteRequest request)
    {
        if (!_objects.TryGetValue(request.Key, out var entry))
            return new DeleteOutcome(request.Key, null);
        if (request.Expected is { } expected && Drift.IsSeen(expected, entry.Description))
            return new DeleteOutcome(request.Key, Drift.Failure(Root, request.Key));
        _objects.Remove(request.Key);
        _sorted = null;
        return new DeleteOutcome(request.Key, null);
    }

    private Entry? Find(string key)
    {
        lock (_gate)
            return _objects.GetValueOrDefault(key);
    }

    /// <summary>Sorted once after each burst of writes, so that many writes and many listings both stay cheap.</summary>
    private Entry[] Snapshot()
    {
        lock (_gate)
        {
            if (_sorted is null)
            {
                _sorted = [.. _objects.Values];
                Array.Sort(_sorted, static (x, y) => KeyOrder.Compare(x.Description.Key, y.Description.Key));
            }

            return _sorted;
        }
    }

    private static int FirstAtOrAfter(Entry[] sorted, string key)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (KeyOrder.Compare(sorted[middle].Description.Key, key) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private DateTimeOffset AtResolution(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % Traits.TimeResolution.Ticks), TimeSpan.Zero);

    private void ThrowIfRefused(string key)
    {
        if (RefusalOf(key) is { } reason)
            throw new TrainctlException(TrainctlError.UnsafeKey, $"'{key}' cannot be stored in '{Root}': {reason}.", key);
    }

    private sealed record Entry(StoredObject Description, byte[] Content);
}
