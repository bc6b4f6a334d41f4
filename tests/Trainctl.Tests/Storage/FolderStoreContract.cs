using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

public sealed class FolderStoreContract : ObjectStoreContract
{
    private TemporaryFolder _folder = null!;

    protected override IEnumerable<string> RefusedKeys =>
        base.RefusedKeys.Concat(["/absolute", "../up", "a/../../up", "a//b", "a/./b", "folder/", "nul\0", "long/" + new string('k', 256)]);

    protected override Task<IObjectStore> CreateEmptyStoreAsync()
    {
        _folder = new TemporaryFolder();
        return Task.FromResult<IObjectStore>(new FolderStore(ObjectUrl.Parse(_folder.Path)));
    }

    protected override Task<IObjectStore?> OpenMissingStoreAsync() =>
        Task.FromResult<IObjectStore?>(new FolderStore(ObjectUrl.Parse(_folder.Combine("nothing/here"))));

    protected override Task<int> CountUnfinishedWritesAsync() => Task.FromResult(
        Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Count(static f => TemporaryName.Matches(Path.GetFileName(f))));

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();
}
