using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>A folder store that lets a test do something between two renames.</summary>
internal sealed class HookedFolder(FolderStore inner) : IObjectStore, IObjectRenamer
{
    /// <summary>Called after a file got its new key.</summary>
    public Action<string>? OnRenamed { get; set; }

    /// <summary>Called before a batch is deleted.</summary>
    public Action<IReadOnlyList<string>>? OnDelete { get; set; }

    public ObjectUrl Root => inner.Root;

    public StoreTraits Traits => inner.Traits;

    public IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => inner.ListAsync(request, cancellationToken);

    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => inner.HeadAsync(key, cancellationToken);

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        inner.OpenReadAsync(key, range, ifMatch, cancellationToken);

    public string? RefusalOf(string key) => inner.RefusalOf(key);

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        inner.PutAsync(key, content, options, cancellationToken);

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        inner.BeginMultipartAsync(key, size, options, cancellationToken);

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default)
    {
        OnDelete?.Invoke([.. requests.Select(static r => r.Key)]);
        return inner.DeleteAsync(requests, cancellationToken);
    }

    public async Task<bool> RenameAsync(StoredObject expected, string key, bool endsMove, CancellationToken cancellationToken)
    {
        var isDone = await ((IObjectRenamer)inner).RenameAsync(expected, key, endsMove, cancellationToken);
        OnRenamed?.Invoke(key);
        return isDone;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
