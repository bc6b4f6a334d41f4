using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention;

/// <summary>Checkpoints with fewer files than the one before them: half a copy, or the first after a restart with fewer ranks. Nobody can tell, so they stay.</summary>
public sealed class DoubtedCheckpointTests
{
    private static readonly PruneCheckpointsSettings Last = new() { Location = "s3://memory", KeepLast = 1 };

    /// <summary>One checkpoint of a run, 1 to 4, in so many files.</summary>
    public sealed record Family(string Name, Func<int, int, IEnumerable<(string Key, byte[] Content)>> Checkpoint)
    {
        public override string ToString() => Name;
    }

    private static IEnumerable<Family> Families =>
    [
        new("composer", static (number, files) => ComposerRun.Checkpoint("r", number, number * 10, files)),
        new("fairseq", static (number, files) => FairseqRun.Sharded("r", number, number * 10, files)),
        new("keras", static (number, files) => KerasRun.Sharded("r", number, files)),
    ];

    [TestCaseSource(nameof(Families))]
    public async Task The_first_with_fewer_stays_and_pushes_nothing_out(Family family)
    {
        var scene = Scene(family, 3, 3, 2, 2);

        var report = await PruneAsync(scene, Last);

        Assert.Multiple(async () =>
        {
            Assert.That(await KeysAsync(scene), Is.EquivalentTo(Keys(family, (3, 2), (4, 2))));
            Assert.That(report.Units[2].Decision.Unit.State, Is.EqualTo(CheckpointState.Incomplete));
            Assert.That(report.Units[2].Decision.Unit.StateReason, Does.EndWith(" is missing, and the checkpoint before has 3 of its kind"));
            Assert.That(report.Units[2].Decision.Why, Is.EqualTo("it has less than the checkpoint before it, and may be whole all the same"));
        });
    }

    /// <summary>It may be whole, and is the newest that there is then.</summary>
    [TestCaseSource(nameof(Families))]
    public async Task The_newest_stays_whatever_may_go_that_is_still_written(Family family)
    {
        var scene = Scene(family, 3, 3, 2);

        await PruneAsync(scene, Last with { AllowRemovingInFlight = true });

        Assert.That(await KeysAsync(scene), Is.EquivalentTo(Keys(family, (2, 3), (3, 2))));
    }

    [TestCaseSource(nameof(Families))]
    public async Task One_with_fewer_of_which_a_file_is_cut_short_is_broken(Family family)
    {
        var scene = Scene(family, 3, 3, 2, 2);
        var (key, content) = family.Checkpoint(3, 2).First();
        scene.Put(key, content.Cut(), 3);

        await PruneAsync(scene, Last);

        Assert.That(await KeysAsync(scene), Is.EquivalentTo(Keys(family, (4, 2))));
    }

    /// <summary>The same where folders are doubted.</summary>
    [Test]
    public async Task A_folder_without_an_optimizer_whose_weights_are_cut_short_is_broken()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).HuggingFace("checkpoint-3", 3)
            .Remove("checkpoint-2/optimizer.pt").Put("checkpoint-2/model.safetensors", ModelFile.Safetensors().Cut(), 2);

        var report = await PruneAsync(scene, Last);

        Assert.That(report.Units.Select(static u => u.Decision.Keep), Is.EqualTo(new[] { false, false, true }));
    }

    [TestCaseSource(nameof(Families))]
    public async Task One_with_a_hole_is_broken(Family family)
    {
        var scene = Scene(family, 3, 3, 3);
        scene.Remove(family.Checkpoint(2, 3).First().Key);

        await PruneAsync(scene, Last);

        Assert.That(await KeysAsync(scene), Is.EquivalentTo(Keys(family, (3, 3))));
    }

    /// <summary>What the index lists is no matter of neighbours.</summary>
    [Test]
    public async Task Shards_of_Keras_that_the_index_lists_are_missing()
    {
        var scene = Scene(Families.Last(), 3, 3, 3).Remove("r/cp-epoch-02_00002.weights.h5");

        var report = await PruneAsync(scene, Last);

        Assert.Multiple(async () =>
        {
            Assert.That(report.Units[1].Decision.Why, Is.EqualTo("incomplete: cp-epoch-02_00002.weights.h5 is missing, and cp-epoch-02.weights.json lists it"));
            Assert.That(await KeysAsync(scene), Is.EquivalentTo(Keys(Families.Last(), (3, 3))));
        });
    }

    private static CatalogScene Scene(Family family, params int[] files)
    {
        var scene = new CatalogScene();
        for (var i = 0; i < files.Length; i++)
            scene.Put(family.Checkpoint(i + 1, files[i]), i + 1);
        return scene;
    }

    private static IEnumerable<string> Keys(Family family, params (int Number, int Files)[] checkpoints) =>
        checkpoints.SelectMany(c => family.Checkpoint(c.Number, c.Files)).Select(static f => f.Key);

    private static async Task<PruneReport> PruneAsync(CatalogScene scene, PruneCheckpointsSettings settings)
    {
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
        return await new PruneCheckpoints(settings, host, scene.Store).RunAsync(CancellationToken.None);
    }

    private static async Task<IReadOnlyList<string>> KeysAsync(CatalogScene scene)
    {
        var keys = new List<string>();
        await foreach (var found in scene.Store.ListAsync(new ListRequest()))
            keys.Add(found.Key);
        return keys;
    }
}
