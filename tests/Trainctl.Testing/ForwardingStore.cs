using Trainctl.Storage;

namespace Trainctl.Testing;

/// <summary>A store that is another one but for what a test's own class overrides.</summary>
public abstract class ForwardingStore(IObjectStore inner) : IObjectStore
{
    protected IObjectStore Inner { get; } = inner;

    public virtual ObjectUrl Root => Inner.Root;

    public virtual StoreTraits Traits => Inner.Traits;

    public virtual IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => Inner.ListAsync(request, cancellationToken);

    public virtual Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => Inner.HeadAsync(key, cancellationToken);

    public virtual Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        Inner.OpenReadAsync(key, range, ifMatch, cancellationToken);

    public virtual string? RefusalOf(string key) => Inner.RefusalOf(key);

    public virtual Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        Inner.PutAsync(key, content, options, cancellationToken);

    public virtual Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        Inner.BeginMultipartAsync(key, size, options, cancellationToken);

    public virtual Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default) =>
        Inner.DeleteAsync(requests, cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Inner.DisposeAsync();
    }
}
