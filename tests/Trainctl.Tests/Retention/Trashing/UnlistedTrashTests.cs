using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>A trash, or what is beside it, that cannot be listed whole: what it does not show may be there all the same.</summary>
public sealed class UnlistedTrashTests : TrashFixture
{
    private const string Date = ".trash/20240601T120000Z";

    private HidingStore _hiding = null!;
    private TrainctlEngine _engine = null!;

    [SetUp]
    public async Task ThrowAway()
    {
        _hiding = new HidingStore(Store);
        _engine = new TrainctlEngine(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => _hiding, Time = Time });
        await Engine.PruneCheckpointsAsync(Prune);
    }

    [TearDown]
    public async Task DisposeHiding() => await _hiding.DisposeAsync();

    [TestCase(".trash")]
    [TestCase(Date)]
    [TestCase($"{Date}/.trainctl-trash")]
    [TestCase($"{Date}/.trainctl-trash/run")]
    [TestCase($"{Date}/run/checkpoint-1")]
    public async Task A_restore_does_not_pass_over_what_it_cannot_see(string hidden)
    {
        var before = await ContentAsync();
        _hiding.Hidden = hidden;

        await AssertRefusedAsync(() => _engine.RestoreCheckpointsAsync(Restore), hidden, $"Restoring at 's3://memory/' was refused: ");

        Assert.That(await ContentAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_record_that_cannot_be_looked_at_is_not_passed_over_either()
    {
        _hiding.Kind = ListingProblemKind.UnreadableFile;
        _hiding.Hidden = (await Scene.ReadAsync()).TrashObjects.First(static o => o.Key.Contains("/.trainctl-trash/run/checkpoint-1.", StringComparison.Ordinal)).Key;

        await AssertRefusedAsync(() => _engine.RestoreCheckpointsAsync(Restore), _hiding.Hidden, $"Restoring at 's3://memory/' was refused: ");
        await AssertRefusedAsync(() => _engine.RestoreCheckpointsAsync(Restore with { Path = "run/checkpoint-1" }), _hiding.Hidden, $"Restoring at 's3://memory/' was refused: ");
    }

    [TestCase($"{Date}/run/checkpoint-1")]
    [TestCase($"{Date}/.trainctl-trash/dpo")]
    [TestCase(".trash/lost+found")]
    public async Task What_is_nothing_to_a_checkpoint_need_not_be_seen(string hidden)
    {
        _hiding.Hidden = hidden;

        var report = await _engine.RestoreCheckpointsAsync(Restore with { Path = "run/checkpoint-2" });

        Assert.That(report.Units.Select(static u => (u.Path, u.Result)), Is.EqualTo(new[] { ("run/checkpoint-2", RestoreResult.Restored) }));
    }

    /// <summary>Two checkpoints are not mixed.</summary>
    [Test]
    public async Task A_restore_does_not_take_an_old_place_for_empty_that_it_cannot_see()
    {
        Scene.Put("run/checkpoint-1/of-another.bin");
        var before = await ContentAsync();
        _hiding.Hidden = "run/checkpoint-1";

        await AssertRefusedAsync(() => _engine.RestoreCheckpointsAsync(Restore), "run/checkpoint-1", "Restoring 's3://memory/run/checkpoint-1' was refused: ");

        Assert.That(await ContentAsync(), Is.EqualTo(before));
    }

    /// <summary>A mark of a restore may be there.</summary>
    [Test]
    public async Task A_trash_that_cannot_be_seen_is_not_emptied()
    {
        Time.Advance(TimeSpan.FromDays(8));
        var empty = Prune with { KeepLast = 3, TrashMaxAge = TimeSpan.FromDays(7) };
        var plan = await _engine.PlanPruneAsync(empty);
        var before = await ContentAsync();
        Store.OnRead = _ => _hiding.Hidden = $"{Date}/.trainctl-trash/dpo";

        await AssertRefusedAsync(() => _engine.ApplyPruneAsync(plan), $"{Date}/.trainctl-trash/dpo", "Emptying 's3://memory/.trash' was refused: ");

        Assert.That(await ContentAsync(), Is.EqualTo(before));
    }

    private static async Task AssertRefusedAsync(Func<Task> work, string hidden, string beginning)
    {
        var error = await Assert.ThrowsAsync<TrainctlException>(work);
        Assert.That((error!.Error, error.Subject), Is.EqualTo((TrainctlError.IncompleteListing, hidden)));
        Assert.That(error.Message, Does.StartWith(beginning).And.EndWith($" could not be listed completely. '{hidden}' could not be read."));
    }
}
