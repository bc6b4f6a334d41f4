using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

/// <summary>What holds for every family of folders, on what its framework writes.</summary>
public sealed class FolderFamilyTests
{
    private static IEnumerable<FolderFamily> WithPointers => FolderFamily.All.Where(static f => f.LatestFile is not null);

    [TestCaseSource(typeof(FolderFamily), nameof(FolderFamily.All))]
    public async Task Three_in_a_row_are_one_run_in_the_order_of_their_steps(FolderFamily family)
    {
        var scene = new CatalogScene();
        foreach (var step in (int[])[10, 9, 100])
            scene.Put(family.Checkpoint("run/" + family.FolderName(step)), step);

        var catalog = await scene.ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Runs.Single().Units.Select(static u => (u.Step, u.State, u.StateReason)), Is.EqualTo(new (long?, CheckpointState, string?)[]
            {
                (9, CheckpointState.Complete, null), (10, CheckpointState.Complete, null), (100, CheckpointState.Complete, null),
            }));
            Assert.That(catalog.Runs.Single().Layout, Is.EqualTo(family.Layout));
            Assert.That(catalog.OtherObjects, Is.Empty);
            Assert.That(catalog.ReadFailures, Is.Empty);
        });
    }

    /// <summary>What is deleted first makes it incomplete at once, so that no interruption leaves something that passes for whole.</summary>
    [TestCaseSource(typeof(FolderFamily), nameof(FolderFamily.All))]
    public async Task Without_its_markers_it_does_not_pass_for_whole(FolderFamily family)
    {
        var scene = new CatalogScene().Put(family.Checkpoint("run/" + family.FolderName(8)), 8).Put(family.Checkpoint("run/" + family.FolderName(9)), 9);
        var unit = (await scene.ReadAsync()).Units.Single(static u => u.Step == 8);
        Assert.That(unit.MarkerKeys, Is.Not.Empty);
        foreach (var key in unit.MarkerKeys)
            scene.Remove(key);

        var left = (await scene.ReadAsync()).Units.SingleOrDefault(static u => u.Step == 8);

        Assert.That(left?.State, Is.Not.EqualTo(CheckpointState.Complete));
    }

    /// <summary>The files of which nothing tells that they were ever there; all others are missed.</summary>
    [TestCaseSource(typeof(FolderFamily), nameof(FolderFamily.All))]
    public async Task A_missing_file_is_noticed(FolderFamily family)
    {
        var optional = family.Name switch
        {
            "Orbax" => ["default/_sharding", "default/ocdbt.process_0/d/0a1b", "default/ocdbt.process_0/manifest.ocdbt"],
            "Megatron" => ["common.pt"],
            "torchtune" => ["config.json", "recipe_state.pt"],
            "torchtune adapter" => ["adapter_config.json", "adapter_model.safetensors", "recipe_state.pt"],
            "torchtune single file" => ["recipe_state.pt"],
            "accelerate" or "accelerate with FSDP" => ["random_states_1.pkl"],
            "accelerate with DeepSpeed" => ["latest", "random_states_1.pkl"],
            "diffusers" => ["unet/config.json"],
            _ => Array.Empty<string>(),
        };
        var prefix = $"run/{family.FolderName(8)}/";
        var all = family.Checkpoint(prefix[..^1]).ToArray();
        var unnoticed = new List<string>();
        foreach (var (key, _) in all)
        {
            var scene = new CatalogScene().Put(family.Checkpoint("run/" + family.FolderName(7)), 7).Put(all, 8).Put(family.Checkpoint("run/" + family.FolderName(9)), 9).Remove(key);
            if ((await scene.ReadAsync()).Units.SingleOrDefault(static u => u.Step == 8)?.State == CheckpointState.Complete)
                unnoticed.Add(key[prefix.Length..]);
        }

        Assert.That(unnoticed, Is.EquivalentTo(optional));
    }

    [TestCaseSource(typeof(FolderFamily), nameof(FolderFamily.All))]
    public async Task Each_file_is_read_at_most_once(FolderFamily family)
    {
        await using var store = new HookedStore(new CatalogScene().Put(family.Checkpoint("run/" + family.FolderName(8)), 8).Store);

        await CheckpointCatalog.ReadAsync(store);

        Assert.That(store.Reads, Is.Unique.And.Not.Empty);
    }

    [TestCaseSource(nameof(WithPointers))]
    public async Task What_a_pointer_names_outlives_all_rules(FolderFamily family)
    {
        var scene = new CatalogScene().Put(family.LatestFile!("run", 1), 3);
        foreach (var step in (int[])[1, 2, 3])
            scene.Put(family.Checkpoint("run/" + family.FolderName(step)), step);
        var catalog = await scene.ReadAsync();

        var decisions = RetentionEvaluator.Evaluate(catalog.Runs, catalog.Pointers, new RetentionPolicy { KeepLast = 1 }, CatalogScene.Start.AddYears(1));

        Assert.That(decisions.Where(static d => d.Keep).Select(static d => d.Unit.Step), Is.EqualTo(new[] { 1, 3 }));
    }
}
