using Trainctl.Storage.Folder.Flushing;

namespace Trainctl.Storage.Folder;

/// <summary>Files of a folder that are made lasting together.</summary>
internal sealed class DeferredFolderWrites(FolderStore store, WritebackGroup group) : IDeferredWrites
{
    public IBlockWrite Begin(string key, long size, PutOptions options) => store.BeginDeferred(key, size, options, group);

    public Task FlushAsync(CancellationToken cancellationToken) => group.FlushAsync(cancellationToken);

    public void Dispose() => group.Dispose();
}
