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

    public enum Way
    {
        /// <summary>A small object of many: the disk is waited for later.</summary>
        Deferred,

        /// <summary>One whose parts come in any order.</summary>
        Parts,

        /// <summary>One that a later run could go on with.</summary>
        Partial,

        /// <summary>One that an earlier run has left.</summary>
        Resumed,
    }

    [Test]
    public async Task What_is_not_whole_yet_is_its_owners_alone([Values] Way way)
    {
        using var folder = new TemporaryFolder();
        var expected = File.GetUnixFileMode(folder.Write("any", "new file"));
        await using var store = new FolderStore(ObjectUrl.Parse(folder.Path));
        if (way == Way.Resumed)
        {
            await using var left = store.BeginPartial("model.bin", 2, new PutOptions());
            left.Keep();
        }

        await using (var write = way switch
        {
            Way.Deferred => ((IDeferredFlush)store).BeginWrites().Begin("model.bin", 2, new PutOptions()),
            Way.Parts => await store.BeginMultipartAsync("model.bin", 2, new PutOptions()),
            _ => store.BeginPartial("model.bin", 2, new PutOptions()),
        })
        {
            var temporary = Directory.GetFiles(folder.Path, ".trainctl-*").Single();
            Assert.That(File.GetUnixFileMode(temporary), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite), "before the first byte");
            await write.WritePartAsync(1, 0, "ab"u8.ToArray());
            await write.CompleteAsync(default);
        }

        Assert.That(File.GetUnixFileMode(folder.Combine("model.bin")), Is.EqualTo(expected));
        Assert.That(folder.Files(), Is.EquivalentTo(["any", "model.bin"]));
    }

    [Test]
    public void A_file_is_its_owners_from_the_moment_that_it_is_there()
    {
        using var folder = new TemporaryFolder();
        var changes = new List<string>();
        using var watcher = new FileSystemWatcher(folder.Path) { NotifyFilter = NotifyFilters.Attributes | NotifyFilters.FileName };
        using var isSeen = new ManualResetEventSlim();
        watcher.Created += (_, e) =>
        {
            if (e.Name == "last")
                isSeen.Set();
        };
        watcher.Changed += (_, e) => changes.Add(e.Name!);
        watcher.EnableRaisingEvents = true;

        using (PrivateFile.Create(folder.Combine("secret"), 0))
            Assert.That(File.GetUnixFileMode(folder.Combine("secret")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        folder.Write("last", "");

        Assert.That(isSeen.Wait(TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(changes, Has.None.EqualTo("secret"), "had other rights at first");
    }

    [Test]
    public void The_rights_of_new_files_are_found_out_once_for_a_folder_and_nothing_is_left()
    {
        using var folder = new TemporaryFolder();
        var expected = File.GetUnixFileMode(folder.Write("any", "new file"));
        var modes = new NewFileMode();
        var below = Directory.CreateDirectory(folder.Combine("below")).FullName;

        Assert.That(modes.In(below), Is.EqualTo(expected));
        Directory.Delete(below);
        Assert.That(modes.In(below), Is.EqualTo(expected), "the folder is gone, so it was remembered");
        Assert.That(() => modes.In(folder.Combine("missing")), Throws.InstanceOf<DirectoryNotFoundException>());
    }
}
