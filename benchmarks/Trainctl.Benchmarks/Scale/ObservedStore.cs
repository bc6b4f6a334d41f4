using System.Runtime.CompilerServices;
using Trainctl.Storage;

namespace Trainctl.Benchmarks.Scale;

/// <summary>A store that tells of each object that it lists, and of each that is read.</summary>
internal sealed class ObservedStore(IObjectStore inner, Action onStep) : IObjectStore
{
    public ObjectUrl Root => inner.Root;

    public StoreTraits Traits => inner.Traits;

    public async IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var found in inner.ListAsync(request, cancellationToken))
        {
            onStep();
            yield return found;
        }
    }

    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => inner.HeadAsync(key, cancellationToken);

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        onStep();
        return inner.OpenReadAsync(key, range, ifMatch, cancellationToken);
    }

    public string? RefusalOf(string key) => inner.RefusalOf(key);

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        inner.PutAsync(key, content, options, cancellationToken);

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        inner.BeginMultipartAsync(key, size, options, cancellationToken);

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(requests, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
