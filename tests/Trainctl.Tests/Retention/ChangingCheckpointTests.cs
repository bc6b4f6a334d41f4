using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

/// <summary>A checkpoint of which something was listed and is not there when it is read: somebody removes or writes it, or the store errs. Nobody can tell, so it stays.</summary>
public sealed class ChangingCheckpointTests
{
    private const string Reason = "it changed while it was looked at, and may be whole";

    private static readonly PruneCheckpointsSettings Prune = new() { Location = "s3://memory", KeepLast = 1 };

    private CatalogScene _scene = null!;
    private HookedStore _store = null!;
    private TrainctlEngine _engine = null!;

    [SetUp]
    public void SetUp()
    {
        _scene = new CatalogScene();
        for (var step = 1; step <= 4; step++)
            _scene.HuggingFace($"run/checkpoint-{step}", step);
        _store = new HookedStore(_scene.Store);
        _engine = new TrainctlEngine(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => _store });
    }

    [TearDown]
    public async Task TearDown() => await _store.DisposeAsync();

    [Test]
    public async Task It_stays_whatever_may_go([Values("model.safetensors", "trainer_state.json")] string name, [Values] bool mayRemoveAll)
    {
        Hide($"run/checkpoint-2/{name}");

        var report = await _engine.PruneCheckpointsAsync(Prune with
        {
            AllowRemovingInFlight = mayRemoveAll,
            AllowRemovingNewest = mayRemoveAll,
            AllowRemovingPointerTargets = mayRemoveAll,
            AllowRemovingBest = mayRemoveAll,
        });

        var changing = report.Units.Single(static u => u.Decision.Unit.Path == "run/checkpoint-2").Decision;
        Assert.Multiple(async () =>
        {
            Assert.That((changing.Unit.State, changing.Unit.StateReason), Is.EqualTo((CheckpointState.Incomplete, "it changed while it was looked at")));
            Assert.That(changing.Why, Is.EqualTo(Reason));
            Assert.That(await PathsAsync(), Is.EqualTo(new[] { "run/checkpoint-2", "run/checkpoint-4" }));
        });
    }

    [Test]
    public async Task It_counts_as_none_of_the_last()
    {
        Hide("run/checkpoint-3/trainer_state.json");

        await _engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });

        Assert.That(await PathsAsync(), Is.EqualTo(new[] { "run/checkpoint-2", "run/checkpoint-3", "run/checkpoint-4" }));
    }

    [Test]
    public async Task It_stays_when_a_plan_is_applied()
    {
        var plan = await _engine.PlanPruneAsync(Prune);
        Hide("run/checkpoint-2/trainer_state.json");

        var report = await _engine.ApplyPruneAsync(plan);

        Assert.Multiple(async () =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PruneResult.Removed, PruneResult.Failed, PruneResult.Removed, PruneResult.Kept }));
            Assert.That(report.Objects.Where(static o => o.Error is not null).Select(static o => o.Error), Is.All.Contains($"is kept by now: {Reason}.").And.Exactly(5).Items);
            Assert.That(await PathsAsync(), Is.EqualTo(new[] { "run/checkpoint-2", "run/checkpoint-4" }));
        });
    }

    private void Hide(string hidden) => _store.OnRead = key =>
    {
        if (key == hidden)
            throw new TrainctlException(TrainctlError.ObjectNotFound, $"'{key}' is not there.", key);
    };

    private async Task<string[]> PathsAsync()
    {
        var paths = new List<string>();
        await foreach (var found in _scene.Store.ListAsync(new ListRequest()))
            paths.Add(found.Key[..found.Key.LastIndexOf('/')]);
        return [.. paths.Distinct(StringComparer.Ordinal)];
    }
}
