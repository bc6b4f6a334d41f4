using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention;

/// <summary>Links are found by a listing of their own. What hides one from it hides what keeps a checkpoint.</summary>
public sealed class UnlistedLinkTests
{
    [Test]
    public async Task What_a_link_leads_to_does_not_go_because_the_link_cannot_be_seen([Values] bool isSeen)
    {
        using var folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2, 3])
            HuggingFaceRun.Write(folder, "runs/a", step);
        Directory.CreateSymbolicLink(folder.Combine("runs/a/good"), "checkpoint-1");
        await using var store = new HidingStore(new FolderStore(ObjectUrl.Parse(folder.Combine("runs"))));
        var engine = new TrainctlEngine(TestHost.For(folder) with { OpenStore = (_, _, _) => store });
        var listings = 0;
        store.OnListing = () => store.Hidden = ++listings == 2 && !isSeen ? "a" : null;
        var settings = new PruneCheckpointsSettings { Location = "runs", KeepLast = 1 };

        if (isSeen)
        {
            var report = await engine.PruneCheckpointsAsync(settings);
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Kept, PruneResult.Removed, PruneResult.Kept }));
            return;
        }

        var before = folder.Files();
        var error = await Assert.ThrowsAsync<TrainctlException>(() => engine.PruneCheckpointsAsync(settings));

        Assert.That((error!.Error, error.Subject), Is.EqualTo((TrainctlError.IncompleteListing, "a")));
        Assert.That(folder.Files(), Is.EqualTo(before));
    }
}
