using Trainctl.Diagnostics;
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

    /// <summary>A name that is on the disk before its bytes is, after a power failure, that of a file without them.</summary>
    [TestCase(null)]
    [TestCase("before")]
    public async Task A_file_gets_its_name_after_it_is_on_the_disk(string? before)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("a");
        if (before is not null)
            folder.Write("a", before);
        var atFlush = "none";
        await using (var write = new FolderWrite(folder.Path, "a", path, 5, new PutOptions(), new NewFileMode())
        {
            OnFlush = temporary =>
            {
                atFlush = $"{File.ReadAllText(temporary)} {(File.Exists(path) ? File.ReadAllText(path) : null)}";
                throw new IOException("Input/output error");
            },
        })
        {
            await write.WritePartAsync(1, 0, "after"u8.ToArray());

            var failure = (await Assert.ThrowsAsync<TrainctlException>(() => write.CompleteAsync(default)))!;

            Assert.That(failure.Error, Is.EqualTo(TrainctlError.WriteFailed));
            Assert.That(failure.Message, Does.Contain("Input/output error"));
        }

        Assert.That(atFlush, Is.EqualTo($"after {before}"));
        Assert.That(Directory.GetFiles(folder.Path).Select(File.ReadAllText), Is.EqualTo(before is null ? [] : new[] { before }));
    }
}
