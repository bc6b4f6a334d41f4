using Trainctl.Storage;

namespace Trainctl.Testing;

/// <summary>A store whose process dies at a given change: the change itself does not happen, and none after it. A batch is deleted one by one.</summary>
public sealed class InterruptedStore(IObjectStore inner, int allowedChanges) : IObjectStore
{
    private int _changes;

    /// <summary>Changes that were made or tried.</summary>
    public int Changes => _changes;

    public ObjectUrl Root => inner.Root;

    public StoreTraits Traits => inner.Traits;

    public IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => inner.ListAsync(request, cancellationToken);

    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => inner.HeadAsync(key, cancellationToken);

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        inner.OpenReadAsync(key, range, ifMatch, cancellationToken);

    public string? RefusalOf(string key) => inner.RefusalOf(key);

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default)
    {
        Change();
        return inner.PutAsync(key, content, options, cancellationToken);
    }

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default)
    {
        Change();
        return inner.BeginMultipartAsync(key, size, options, cancellationToken);
    }

    public async Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default)
    {
        var outcomes = new List<DeleteOutcome>();
        foreach (var request in requests)
        {
            Change();
            outcomes.AddRange(await inner.DeleteAsync([request], cancellationToken));
        }

        return outcomes;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Change()
    {
        if (Interlocked.Increment(ref _changes) > allowedChanges)
            throw new InterruptedException();
    }
}

/// <summary>The process died here.</summary>
public sealed class InterruptedException : Exception;
