using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>Emptying a folder of the trash that something is brought back from.</summary>
public sealed class ExpiryBesideRestoreTests : TrashFixture
{
    private const string Mark = ".trash/20240601T120000Z/.trainctl-trash/run/checkpoint-1.0123abcd.back";

    private static readonly PruneCheckpointsSettings Empty = Prune with { TrashMaxAge = TimeSpan.FromDays(7) };

    private string[] _before = null!;

    [SetUp]
    public async Task ThrowAway()
    {
        _before = await ContentAsync();
        await Engine.PruneCheckpointsAsync(Prune);
        Time.Advance(TimeSpan.FromDays(8));
    }

    [Test]
    public async Task What_is_brought_back_is_not_emptied_meanwhile([Values] bool isPlannedBefore)
    {
        var plan = isPlannedBefore ? await Engine.PlanPruneAsync(Empty with { KeepLast = 3 }) : null;
        PruneReport? prune = null;
        Store.OnWrite = key =>
        {
            if (key != "run/checkpoint-1/optimizer.pt")
                return;
            Store.OnWrite = null;
            prune = (plan is null ? Engine.PruneCheckpointsAsync(Empty with { KeepLast = 3 }) : Engine.ApplyPruneAsync(plan)).GetAwaiter().GetResult();
        };

        var report = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That(prune!.BytesEmptied, Is.Zero);
            Assert.That(report.Units.Select(static u => u.Result), Is.All.EqualTo(RestoreResult.Restored).And.Exactly(2).Items);
        });
        Assert.That(await ContentAsync(), Is.EqualTo(_before));
    }

    /// <summary>The last look is right before: what decides about the rest of the location may take hours.</summary>
    [Test]
    public async Task A_restore_that_began_since_the_plan_is_seen()
    {
        var plan = await Engine.PlanPruneAsync(Empty with { KeepLast = 3 });
        Scene.Put(Mark, "");

        var applied = await Engine.ApplyPruneAsync(plan);

        Assert.That(applied.BytesEmptied, Is.Zero);
        Assert.That((await Scene.ReadAsync()).TrashObjects, Has.Count.EqualTo(13));
    }

    /// <summary>Who was killed leaves its mark.</summary>
    [Test]
    public async Task A_mark_of_yesterday_keeps_nothing()
    {
        Scene.Put(Mark, "");
        var dry = await Engine.PruneCheckpointsAsync(Empty with { DryRun = true });
        Time.SetUtcNow(DateTimeOffset.UtcNow.AddDays(1).AddMinutes(1));

        var late = await Engine.PruneCheckpointsAsync(Empty);

        Assert.That((dry.BytesEmptied, late.BytesEmptied), Is.EqualTo((0L, late.Objects.Sum(static o => o.Bytes))));
        Assert.That((await Scene.ReadAsync()).TrashObjects, Is.Empty);
    }

    [Test]
    public async Task A_restore_that_fails_leaves_no_mark()
    {
        Store.OnWrite = static key => FailAt(key, "run/checkpoint-1/trainer_state.json");
        var marks = new List<string>();
        Store.OnDelete = keys => marks.AddRange(keys.Where(static k => k.EndsWith(".back", StringComparison.Ordinal)));

        var report = await Engine.RestoreCheckpointsAsync(Restore with { Path = "run/checkpoint-1" });

        Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
        Assert.That(marks, Has.Exactly(1).Items);
        Assert.That((await Scene.ReadAsync()).TrashObjects.Select(static o => o.Key), Has.None.EndsWith(".back"));
    }

    /// <summary>Nobody takes it for a checkpoint or a file, even alone.</summary>
    [Test]
    public async Task A_mark_is_trash()
    {
        Scene.Put("other/" + Mark, "");

        var catalog = await Scene.ReadAsync();

        Assert.That(catalog.OtherObjects, Is.Empty);
        Assert.That(catalog.TrashObjects.Select(static o => o.Key), Has.Some.EqualTo("other/" + Mark));
    }

    /// <summary>What has come back without its marker looks like a leftover of an earlier prune.</summary>
    [Test]
    public async Task What_is_brought_back_is_not_removed_meanwhile([Values(null, ".trash", ".other")] string? trash)
    {
        PruneReport? prune = null;
        Store.OnWrite = key =>
        {
            if (key != "run/checkpoint-1/trainer_state.json")
                return;
            Store.OnWrite = null;
            prune = Engine.PruneCheckpointsAsync(Prune with { Trash = trash }).GetAwaiter().GetResult();
        };

        var report = await Engine.RestoreCheckpointsAsync(Restore);

        Assert.Multiple(() =>
        {
            Assert.That(prune!.Units.Select(static u => u.Result), Is.All.EqualTo(PruneResult.Kept).And.Exactly(2).Items);
            Assert.That(prune.Units[0].Decision.Why, Does.Contain("being restored"));
            Assert.That((prune.ExitCode, report.ExitCode), Is.EqualTo((0, 0)));
        });
        Assert.That(await ContentAsync(), Is.EqualTo(_before));
    }

    [Test]
    public async Task A_restore_that_began_since_it_was_decided_is_seen_before_anything_moves()
    {
        Store.OnWrite = static key => FailAt(key, "run/checkpoint-1/trainer_state.json");
        await Engine.RestoreCheckpointsAsync(Restore with { Path = "run/checkpoint-1" });
        Store.OnWrite = null;
        var before = Store.Listings;
        Store.OnListed = _ =>
        {
            if (Store.Listings == before + 2)
                Scene.Put(Mark, "");
        };

        var prune = await Engine.PruneCheckpointsAsync(Prune);

        Assert.That(prune.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Failed, PruneResult.Kept }));
        Assert.That(prune.Objects.Select(static o => o.ErrorCode), Is.All.EqualTo("TRAINCTL3003").And.Not.Empty);
    }
}
