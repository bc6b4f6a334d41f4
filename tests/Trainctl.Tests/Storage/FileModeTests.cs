using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

/// <summary>Rights of what is written: those of any new file of this user, as <c>cp</c> gives them, whatever a file had on its way.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "There are no such rights.")]
public sealed class FileModeTests
{
    [Test]
    public async Task Files_get_the_rights_of_any_new_file()
    {
        using var folder = new TemporaryFolder();
        var engine = TestHost.Engine(folder);
        for (var step = 1; step <= 2; step++)
            HuggingFaceRun.Write(folder, "run", step);
        File.SetUnixFileMode(folder.Combine("run/checkpoint-1/config.json"), UnixFileMode.UserRead);
        var expected = File.GetUnixFileMode(folder.Write("any", "new file"));

        await engine.SyncAsync(new SyncSettings { Source = "run", Destination = "copy" });
        await engine.StageDataAsync(new StageDataSettings { Source = "run", Destination = "staged", LockFile = "made/datasets.lock.json" });
        await engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "copy", KeepLast = 1, DryRun = true, PlanFile = "made/plan.json" });
        await engine.ReviewArtifactsAsync(new ReviewArtifactsSettings { Location = "copy", HtmlFile = "made/review.html" });

        var written = folder.Files().Where(static f => f.Split('/')[0] is "copy" or "staged" or "made").ToArray();
        Assert.That(written, Has.Length.EqualTo(6 + 6 + 3));
        Assert.That(written.Select(f => (f, File.GetUnixFileMode(folder.Combine(f)))), Is.EqualTo(written.Select(f => (f, expected))));
    }

    [Test]
    public async Task What_is_not_whole_yet_is_its_owners_alone([Values] bool isResumed)
    {
        using var folder = new TemporaryFolder();
        var expected = File.GetUnixFileMode(folder.Write("any", "new file"));
        await using var store = new FolderStore(ObjectUrl.Parse(folder.Path));
        var write = store.BeginPartial("model.bin", 2, new PutOptions());
        if (isResumed)
        {
            write.Keep();
            await write.DisposeAsync();
            write = store.BeginPartial("model.bin", 2, new PutOptions());
        }

        await using (write)
        {
            await write.WritePartAsync(1, 0, "ab"u8.ToArray());
            var temporary = Directory.GetFiles(folder.Path, ".trainctl-*").Single();
            Assert.That(File.GetUnixFileMode(temporary), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            await write.CompleteAsync(default);
        }

        Assert.That(File.GetUnixFileMode(folder.Combine("model.bin")), Is.EqualTo(expected));
    }
}
