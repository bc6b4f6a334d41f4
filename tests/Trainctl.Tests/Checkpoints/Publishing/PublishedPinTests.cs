using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints.Publishing;

/// <summary>Pins and metrics files travel with their checkpoint, and a pin may go at either end without breaking it.</summary>
public sealed class PublishedPinTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
    private static readonly UploadCheckpointsSettings Settings = new() { Source = "s3://source", Destination = "s3://destination" };

    private CatalogScene _scene = null!;
    private MemoryStore _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _scene = new CatalogScene().HuggingFace("checkpoint-1", 1).Put("checkpoint-1/.trainctl-keep", "")
            .Put("step_5.safetensors", ModelFile.Safetensors()).Put("step_5.trainctl-keep", "").Put("step_5.metrics.json", """{"acc":0.5}""");
        _destination = new MemoryStore("s3://destination", MemoryStore.S3Traits);
    }

    [TearDown]
    public async Task TearDown() => await _destination.DisposeAsync();

    [Test]
    public async Task They_arrive()
    {
        await UploadAsync();
        var units = await UnitsAsync();

        Assert.Multiple(() =>
        {
            Assert.That(units.Select(static u => (u.State, u.Pin)), Is.EquivalentTo(new[]
            {
                (CheckpointState.Complete, "pinned by checkpoint-1/.trainctl-keep"), (CheckpointState.Complete, "pinned by step_5.trainctl-keep"),
            }));
            Assert.That(units.Single(static u => u.Step == 5).Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["acc"] = 0.5 }));
        });
    }

    [Test]
    public async Task Unpinning_what_was_published_leaves_it_complete()
    {
        await UploadAsync();
        await _destination.DeleteAsync([new("checkpoint-1/.trainctl-keep"), new("step_5.trainctl-keep")]);

        Assert.That((await UnitsAsync()).Select(static u => (u.State, u.Pin)), Is.All.EqualTo((CheckpointState.Complete, (string?)null)));
    }

    [Test]
    public async Task A_pin_put_where_it_was_published_stays_through_the_next_publish()
    {
        _scene.Remove("checkpoint-1/.trainctl-keep").Remove("step_5.trainctl-keep");
        await UploadAsync();
        await _destination.PutAsync("checkpoint-1/.trainctl-keep", Array.Empty<byte>(), new());

        var report = await UploadAsync();
        var unit = (await UnitsAsync()).Single(static u => u.Step == 1);

        Assert.That((report.Units.All(static u => u.Result == PublishResult.Unchanged), unit.State, unit.Pin), Is.EqualTo((true, CheckpointState.Complete, "pinned by checkpoint-1/.trainctl-keep")));
    }

    private Task<UploadCheckpointsReport> UploadAsync() => new UploadCheckpoints(Settings, Host, _scene.Store, _destination).RunAsync(CancellationToken.None);

    private async Task<CheckpointUnit[]> UnitsAsync() => [.. (await CheckpointCatalog.ReadAsync(_destination)).Units];
}
