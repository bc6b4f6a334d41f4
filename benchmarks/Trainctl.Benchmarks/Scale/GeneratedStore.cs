using System.Runtime.CompilerServices;
using Trainctl.Storage;
using Trainctl.Storage.Memory;

namespace Trainctl.Benchmarks.Scale;

/// <summary>A store that makes its listing up as it goes, and holds nothing: memory that grows is somebody else's. It can only be listed.</summary>
internal sealed class GeneratedStore(ObjectUrl root, int count) : IObjectStore
{
    public ObjectUrl Root => root;

    public StoreTraits Traits { get; } = new MemoryStore().Traits;

    public async IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var found in Listings.Of(count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return found;
        }

        await Task.CompletedTask;
    }

    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => Task.FromResult<StoredObject?>(null);

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public string? RefusalOf(string key) => null;

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
