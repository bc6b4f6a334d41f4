using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>A folder store that lets a test do something between two renames.</summary>
internal sealed class HookedFolder(FolderStore inner) : ForwardingStore(inner), IObjectRenamer
{
    /// <summary>Called after a file got its new key.</summary>
    public Action<string>? OnRenamed { get; set; }

    /// <summary>Called before a batch is deleted.</summary>
    public Action<IReadOnlyList<string>>? OnDelete { get; set; }

    public override Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default)
    {
        OnDelete?.Invoke([.. requests.Select(static r => r.Key)]);
        return base.DeleteAsync(requests, cancellationToken);
    }

    public async Task<bool> RenameAsync(StoredObject expected, string key, bool endsMove, CancellationToken cancellationToken)
    {
        var isDone = await ((IObjectRenamer)Inner).RenameAsync(expected, key, endsMove, cancellationToken);
        OnRenamed?.Invoke(key);
        return isDone;
    }
}
