using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Tests.Retention.Trashing;

namespace Trainctl.Tests.Retention;

/// <summary>A checkpoint that could be listed when its removal was decided, and cannot be right before.</summary>
public sealed class UnlistedRemovalTests : TrashFixture
{
    [Test]
    public async Task What_cannot_be_seen_is_not_called_gone([Values] bool hasTrash, [Values(1, 2)] int step)
    {
        await using var hiding = new HidingStore(Store);
        var engine = new TrainctlEngine(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => hiding, Time = Time });
        var before = await ContentAsync();
        Store.OnRead = _ => hiding.Hidden = $"run/checkpoint-{step}";
        var settings = Prune with { Trash = hasTrash ? ".trash" : null };

        if (step == 1)
        {
            var error = await Assert.ThrowsAsync<TrainctlException>(() => engine.PruneCheckpointsAsync(settings));
            Assert.That(error!.Error, Is.EqualTo(TrainctlError.IncompleteListing));
            Assert.That(error.Message, Does.StartWith("Removing 's3://memory/run/checkpoint-1' was refused: "));
            Assert.That(await ContentAsync(), Is.EqualTo(before));
            return;
        }

        var report = await engine.PruneCheckpointsAsync(settings);

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.Refused));
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Failed, PruneResult.Kept }));
        });
        Assert.That((await ContentAsync()).Where(static l => l.StartsWith("run/", StringComparison.Ordinal)), Is.EqualTo(before.Where(static l => !l.Contains("/checkpoint-1/", StringComparison.Ordinal))));
    }
}
