using System.Runtime.CompilerServices;
using Trainctl.Storage;

namespace Trainctl.Testing.Training;

/// <summary>A store that hangs until it is opened, and does not care whether somebody has given up.</summary>
public sealed class GatedStore(IObjectStore inner) : IObjectStore
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ObjectUrl Root => inner.Root;

    public StoreTraits Traits => inner.Traits;

    public void Open() => _opened.TrySetResult();

    public async IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await _opened.Task;
        await foreach (var found in inner.ListAsync(request, cancellationToken))
            yield return found;
    }

    public async Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default)
    {
        await _opened.Task;
        return await inner.HeadAsync(key, cancellationToken);
    }

    public async Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        await _opened.Task;
        return await inner.OpenReadAsync(key, range, ifMatch, cancellationToken);
    }

    public string? RefusalOf(string key) => inner.RefusalOf(key);

    public async Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default)
    {
        await _opened.Task;
        return await inner.PutAsync(key, content, options, cancellationToken);
    }

    public async Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default)
    {
        await _opened.Task;
        return await inner.BeginMultipartAsync(key, size, options, cancellationToken);
    }

    public async Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default)
    {
        await _opened.Task;
        return await inner.DeleteAsync(requests, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
