using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints;

/// <summary>
/// A manifest spares the reader a look into the files that were proven when it was written, and nothing else. The newest checkpoint of a run is looked
/// into anyway, so mostly it is an older one that only its manifest vouches for.
/// </summary>
public sealed class ManifestTrustTests
{
    private static readonly Checksum Any = new(1);

    private CatalogScene _scene = null!;

    [SetUp]
    public void SetUp() => _scene = new CatalogScene().HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2);

    [Test]
    public async Task A_file_of_the_same_size_that_was_written_later_is_looked_into([Values] bool isLater)
    {
        await VouchAsync("checkpoint-1");
        var torn = ModelFile.Zip();
        torn.AsSpan(torn.Length - 22).Clear();
        _scene.Put("checkpoint-1/optimizer.pt", torn, isLater ? 1.01 : 1);

        var (state, reason) = await _scene.StateAsync("checkpoint-1");

        // With the same size and time it would take reading all of it to tell, which verify does.
        Assert.That((state, reason), Is.EqualTo(isLater
            ? (CheckpointState.Incomplete, "optimizer.pt is cut short: it has no zip end record")
            : (CheckpointState.Complete, (string?)null)));
    }

    [TestCase("huggingface-trainer", 1L, true)]
    [TestCase("torchtune", 1L, false)]
    [TestCase("huggingface-trainer", 7L, false)]
    [TestCase("huggingface-trainer", null, false)]
    public async Task A_manifest_of_another_layout_or_step_does_not_vouch_for_what_this_one_demands(string layout, long? step, bool isTrusted)
    {
        _scene.Remove("checkpoint-1/trainer_state.json");
        await VouchAsync("checkpoint-1", layout, step);

        var (state, reason) = await _scene.StateAsync("checkpoint-1");

        Assert.That((state, reason), Is.EqualTo(isTrusted
            ? (CheckpointState.Complete, (string?)null)
            : (CheckpointState.Incomplete, "trainer_state.json, which is written last, is missing")));
    }

    [Test]
    public async Task A_file_that_came_into_the_folder_since_is_looked_into()
    {
        await VouchAsync("checkpoint-1");
        _scene.Put("checkpoint-1/scaler.pt", ModelFile.Zip().Cut(), 1).Put("checkpoint-2/scaler.pt", ModelFile.Zip(), 2);

        Assert.That(await _scene.StateAsync("checkpoint-1"), Is.EqualTo((CheckpointState.Incomplete, "scaler.pt is cut short: it has no zip end record")));
    }

    [Test]
    public async Task A_metrics_file_that_came_beside_a_checkpoint_since_is_read()
    {
        _scene.Put("files/a_step_5.pt", ModelFile.Zip(), 5).Put("files/a_step_6.pt", ModelFile.Zip(), 6);
        await VouchAsync("files/a_step_5.pt");
        _scene.Put("files/a_step_5.metrics.json", """{"loss":0.25}""", 9);

        var unit = (await _scene.ReadAsync()).Units.Single(static u => u.Path == "files/a_step_5.pt");

        Assert.That(unit.Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["loss"] = 0.25 }));
    }

    /// <summary>Its state says which one is the best, and no manifest does.</summary>
    [Test]
    public async Task The_newest_published_checkpoint_still_says_which_is_the_best()
    {
        _scene.HuggingFace("checkpoint-3", 3, more: ""","best_global_step":1""");
        foreach (var step in (int[])[1, 2, 3])
            await VouchAsync($"checkpoint-{step}", step: step);

        var pointers = (await _scene.ReadAsync()).Pointers;

        Assert.That(pointers.Select(static p => (p.Kind, p.Key, p.Targets.Single())), Is.EqualTo(new[] { (PointerKind.Best, "checkpoint-3/trainer_state.json", "checkpoint-1") }));
    }

    /// <summary>Then the one before it is the newest, and so is what that says.</summary>
    [Test]
    public async Task When_the_newest_published_one_turns_out_broken_the_one_before_it_says_which_is_the_best()
    {
        _scene.HuggingFace("checkpoint-2", 2, more: ""","best_global_step":1""").HuggingFace("checkpoint-3", 3).Put("checkpoint-3/trainer_state.json", "{", 3);
        foreach (var step in (int[])[1, 2, 3])
            await VouchAsync($"checkpoint-{step}", step: step);

        var catalog = await _scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Runs.Single().NewestComplete?.Path, Is.EqualTo("checkpoint-2"));
            Assert.That(catalog.Pointers.Select(static p => (p.Key, p.Targets.Single())), Is.EqualTo(new[] { ("checkpoint-2/trainer_state.json", "checkpoint-1") }));
        });
    }

    /// <summary>Writes the manifest that a publisher would: all that is there by now.</summary>
    private async Task VouchAsync(string path, string? layout = null, long? step = 1)
    {
        var unit = (await _scene.ReadAsync()).Units.Single(u => u.Path == path);
        var manifest = new Manifest
        {
            Version = Manifest.CurrentVersion,
            Layout = layout ?? unit.Layout,
            Name = path[(path.LastIndexOf('/') + 1)..],
            Step = path.StartsWith("checkpoint-", StringComparison.Ordinal) ? step : unit.Step,
            Epoch = unit.Epoch,
            Metrics = unit.Metrics,
            ModifiedAt = unit.ModifiedAt,
            Objects =
            [
                .. unit.Objects.Where(o => o.Key != unit.ManifestKey).Select(o => new ManifestObject
                {
                    Key = o.Key[unit.KeyPrefix.Length..], Size = o.Size, Checksum = Any.ToString(), ModifiedAt = o.ContentModifiedAt!.Value,
                }),
            ],
        };
        _scene.Put(unit.ManifestKey, ManifestJson.Write(manifest), 9);
    }
}
