using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing.Faults;
using Trainctl.Testing.Frameworks;

namespace Trainctl.S3.Tests;

/// <summary>What decides which checkpoints go is read right, or nothing goes: one damaged digit would make the best one the worst.</summary>
public sealed class DamagedSmallReadTests
{
    private FaultScene _scene = null!;

    [SetUp]
    public async Task SetUp()
    {
        _scene = await FaultScene.CreateAsync(seed: 1);
        foreach (var step in (ReadOnlySpan<int>)[10, 20, 30])
        {
            foreach (var (key, content) in TrainerRun.Checkpoint("local/run", step, loss: step == 20 ? 0.125 : 1 + (step / 1000.0)))
                _scene.Write(key, content, new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(step));
        }

        await _scene.Direct.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "local", Destination = _scene.Remote });
    }

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    [Test]
    public async Task A_damaged_digit_in_a_manifest_does_not_cost_the_best_checkpoint() => await AssertBestStaysAsync($"run/checkpoint-20/{Manifest.FileName}");

    [Test]
    public async Task A_damaged_digit_in_a_saved_state_does_not_cost_the_best_checkpoint()
    {
        await using (var store = _scene.Bucket.Open("data"))
            await store.DeleteAsync(await store.ListAsync(new ListRequest()).Where(static o => Manifest.IsManifestKey(o.Key)).Select(static o => new DeleteRequest(o.Key)).ToListAsync());
        await AssertBestStaysAsync("run/checkpoint-20/trainer_state.json");
    }

    private async Task AssertBestStaysAsync(string damaged)
    {
        var before = await _scene.ObjectsAsync();
        var digit = Encoding.UTF8.GetString(before[damaged]).IndexOf("0.125", StringComparison.Ordinal);
        Assert.That(digit, Is.Positive);
        _scene.Proxy.Decide = Fault.ForFirst(1, r => r.Kind == S3RequestKind.Get && r.Key.EndsWith(damaged, StringComparison.Ordinal), new Fault(FaultKind.FlipAnswer) { At = digit });

        var run = await FaultScene.TryAsync(() => _scene.Faulty.PruneCheckpointsAsync(
            new PruneCheckpointsSettings { Location = _scene.Remote, KeepLast = 1, KeepBest = 1, Metric = "eval_loss" }));

        var after = await _scene.ObjectsAsync();
        Assert.That(_scene.Proxy.Traffic.Total.Faults, Is.EqualTo(1), _scene.Story(run));
        Assert.That(before.Keys.Where(static k => k.StartsWith("run/checkpoint-20/", StringComparison.Ordinal)), Is.SubsetOf(after.Keys), _scene.Story(run));
    }
}
