using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

public sealed class FolderWriteTests
{
    [Test]
    public async Task Many_files_at_once_go_into_a_folder_that_is_not_there_yet()
    {
        using var folder = new TemporaryFolder();
        await using var store = new FolderStore(ObjectUrl.Parse(folder.Path));
        for (var round = 0; round < SearchSize.Of(100); round++)
        {
            var prefix = $"new-{round}/deep/";
            await Parallel.ForAsync(0, 16, async (i, token) => await store.PutAsync($"{prefix}{i}", "content"u8.ToArray(), new PutOptions(), token));
            Assert.That(folder.Files(prefix), Has.Length.EqualTo(16));
        }
    }
}
