using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class DistributedCheckpointLayoutTests
{
    [Test]
    public async Task A_whole_folder_is_complete_and_ordered_by_the_step_in_its_name()
    {
        var catalog = await new CatalogScene().Put(DistributedRun.Checkpoint("run/step-9", ranks: 3), 1).Put(DistributedRun.Checkpoint("run/step-10", filesEach: 2), 2).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Runs.Single().Name, Is.EqualTo("run/step-*"));
            Assert.That(catalog.Units.Select(static u => (u.Path, u.Step, u.State, u.Layout)), Is.EqualTo(new (string, long?, CheckpointState, string)[]
            {
                ("run/step-9", 9, CheckpointState.Complete, "torch-distributed"), ("run/step-10", 10, CheckpointState.Complete, "torch-distributed"),
            }));
            Assert.That(catalog.OtherObjects, Is.Empty);
        });
    }

    [TestCase(".metadata", ".metadata, which is written last, is missing")]
    [TestCase("__0_0.distcp", "__0_0.distcp is missing, and .metadata lists it")]
    [TestCase("__2_1.distcp", "__2_1.distcp is missing, and .metadata lists it")]
    public async Task A_missing_file_is_named(string missing, string reason)
    {
        var files = DistributedRun.Checkpoint("step-5", ranks: 3, filesEach: 2);

        Assert.That(await FrameworkFiles.ReasonWithoutAsync(files, $"step-5/{missing}"), Is.EqualTo(reason));
    }

    [Test]
    public async Task Files_cut_short_are_found_even_between_two_tensors()
    {
        var files = DistributedRun.Checkpoint("step-5").ToArray();
        var data = files.Single(static f => f.Key == "step-5/__1_0.distcp").Content;
        var metadata = files.Single(static f => f.Key == "step-5/.metadata").Content;

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(
                await FrameworkFiles.ReasonWithAsync(files, "step-5/__1_0.distcp", data.Cut()), Is.EqualTo($"__1_0.distcp has {data.Length - 5} bytes and needs {data.Length}"));
            Assert.That(
                await FrameworkFiles.ReasonWithAsync(files, "step-5/__1_0.distcp", data[..(data.Length / 2)]),
                Is.EqualTo($"__1_0.distcp has {data.Length / 2} bytes and needs {data.Length}"));
            Assert.That(await FrameworkFiles.ReasonWithAsync(files, "step-5/.metadata", metadata.Cut(1)), Is.EqualTo(".metadata cannot be parsed"));
            Assert.That(await FrameworkFiles.ReasonWithAsync(files, "step-5/.metadata", []), Is.EqualTo(".metadata cannot be parsed"));
        });
    }

    /// <summary>A thread that had nothing to write leaves an empty file that nothing names.</summary>
    [Test]
    public async Task An_empty_file_that_is_not_listed_is_no_fault()
    {
        var unit = await new CatalogScene().Put(DistributedRun.Checkpoint("step-5")).Put("step-5/__1_1.distcp", []).UnitAsync();

        Assert.That(unit.State, Is.EqualTo(CheckpointState.Complete), unit.StateReason);
    }

    [Test]
    public async Task Without_names_in_the_metadata_a_rank_must_not_be_left_out()
    {
        var files = DistributedRun.Checkpoint("step-5", ranks: 3).Where(static f => !f.Key.EndsWith(".metadata", StringComparison.Ordinal))
            .Append(("step-5/.metadata", PickleFile.DistributedMetadata([]))).ToArray();

        await Assert.MultipleAsync(async () =>
        {
            Assert.That((await new CatalogScene().Put(files).UnitAsync()).State, Is.EqualTo(CheckpointState.Complete));
            Assert.That(await FrameworkFiles.ReasonWithoutAsync(files, "step-5/__1_0.distcp"), Is.EqualTo("__1_*.distcp is missing, and other ranks have theirs"));
        });
    }

    [Test]
    public async Task The_metadata_before_its_renaming_does_not_count()
    {
        var files = DistributedRun.Checkpoint("step-5").Select(static f => f.Key.EndsWith(".metadata", StringComparison.Ordinal) ? (f.Key + ".tmp", f.Content) : f);

        Assert.That((await new CatalogScene().Put(files).UnitAsync()).StateReason, Is.EqualTo(".metadata, which is written last, is missing"));
    }

    [Test]
    public async Task Under_Lightning_the_name_tells_metrics_and_the_last_file_is_demanded()
    {
        const string Path = "v0/epoch=3-step=400-val_loss=0.25-v2.ckpt";

        var unit = await new CatalogScene().Put(DistributedRun.Lightning(Path)).UnitAsync();

        await Assert.MultipleAsync(async () =>
        {
            Assert.That((unit.Path, unit.Run, unit.Step, unit.Epoch, unit.State), Is.EqualTo((Path, "v0/epoch=*-step=*-val_loss=*.ckpt", 400L, 3.0, CheckpointState.Complete)));
            Assert.That(unit.Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["val_loss"] = 0.25 }));
            Assert.That(await FrameworkFiles.ReasonWithoutAsync(DistributedRun.Lightning(Path), $"{Path}/meta.pt"), Is.EqualTo("meta.pt, which is written last, is missing"));
            Assert.That(await FrameworkFiles.ReasonWithAsync(DistributedRun.Lightning(Path), $"{Path}/meta.pt", ModelFile.Zip().Cut()), Is.EqualTo("meta.pt is cut short: it has no zip end record"));
        });
    }

    [Test]
    public async Task States_in_folders_inside_belong_to_one_checkpoint()
    {
        (string Key, byte[] Content)[] files = [.. DistributedRun.Checkpoint("step_5/model"), .. DistributedRun.Checkpoint("step_5/optimizer"), ("step_5/extra.json", "{}"u8.ToArray())];

        var unit = await new CatalogScene().Put(files).UnitAsync();

        await Assert.MultipleAsync(async () =>
        {
            Assert.That((unit.Path, unit.Step, unit.State, unit.ObjectCount), Is.EqualTo(("step_5", 5L, CheckpointState.Complete, 7)));
            Assert.That(await FrameworkFiles.ReasonWithoutAsync(files, "step_5/model/__1_0.distcp"), Is.EqualTo("model/__1_0.distcp is missing, and .metadata lists it"));
            Assert.That(await FrameworkFiles.ReasonWithoutAsync(files, "step_5/optimizer/.metadata"), Is.EqualTo("optimizer/.metadata, which is written last, is missing"));
        });
    }

    /// <summary>As Cosmos writes: one folder after the other, and the text that names the checkpoint when all are there.</summary>
    [Test]
    public async Task A_checkpoint_with_fewer_folders_than_the_one_before_it_does_not_push_that_out()
    {
        var scene = new CatalogScene().Put(Cosmos("c/iter_000001000"), 1).Put(Cosmos("c/iter_000002000"), 2).Put("c/latest_checkpoint.txt", "iter_000002000", 2)
            .Put(DistributedRun.Checkpoint("c/iter_000003000/model"), 3);

        var catalog = await scene.ReadAsync();
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
        await new PruneCheckpoints(new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1 }, host, scene.Store).RunAsync(CancellationToken.None);
        var left = (await scene.ReadAsync()).Units.Select(static u => (u.Step, u.State));

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => u.StateReason), Is.EqualTo(new[] { null, null, "optim/.metadata is missing, and the checkpoint before has it" }));
            Assert.That(catalog.Described(), Is.EqualTo(new[] { "Last c/latest_checkpoint.txt -> c/iter_000002000" }));
            Assert.That(left, Is.EqualTo(new (long?, CheckpointState)[] { (2000, CheckpointState.Complete), (3000, CheckpointState.InFlight) }));
        });
    }

    [Test]
    public async Task A_second_checkpoint_with_as_few_folders_is_believed()
    {
        var scene = new CatalogScene().Put(Cosmos("c/iter_000001000"), 1)
            .Put(DistributedRun.Checkpoint("c/iter_000002000/model"), 2).Put(DistributedRun.Checkpoint("c/iter_000003000/model"), 3);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.EqualTo(new[] { CheckpointState.Complete, CheckpointState.Incomplete, CheckpointState.Complete }));
    }

    [Test]
    public async Task A_manifest_ends_the_doubt()
    {
        var trained = new CatalogScene().Put(DistributedRun.Checkpoint("c/iter_000002000/model"), 2);
        await using var published = new MemoryStore("s3://memory2", MemoryStore.S3Traits);
        foreach (var (key, content) in Cosmos("c/iter_000001000"))
            await published.PutAsync(key, content, new PutOptions { ContentModifiedAt = CatalogScene.Start });
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
        await new UploadCheckpoints(new() { Source = "s3://memory", Destination = "s3://memory2" }, host, trained.Store, published).RunAsync(CancellationToken.None);

        Assert.That((await CheckpointCatalog.ReadAsync(published)).Units.OrderBy(static u => u.Step).Select(static u => (u.Step, u.State)), Is.EqualTo(new (long?, CheckpointState)[]
        {
            (1000, CheckpointState.Complete), (2000, CheckpointState.Complete),
        }));
    }

    /// <summary>A restart on fewer ranks, or in another number of files: the metadata lists those that there must be.</summary>
    [Test]
    public async Task The_number_of_files_in_a_folder_may_change()
    {
        var scene = new CatalogScene().Put(DistributedRun.Checkpoint("step-1/model", ranks: 4), 1).Put(DistributedRun.Checkpoint("step-2/model", ranks: 2), 2);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
    }

    /// <summary>A copy under way brings small files first.</summary>
    [Test]
    public async Task Metadata_without_any_data_tells_what_is_missing()
    {
        (string Key, byte[] Content)[] files = [.. DistributedRun.Checkpoint("step-1/model"), .. DistributedRun.Checkpoint("step-1/optim").Where(static f => f.Key.EndsWith(".metadata", StringComparison.Ordinal))];

        await Assert.MultipleAsync(async () =>
        {
            Assert.That((await new CatalogScene().Put(files).UnitAsync()).StateReason, Is.EqualTo("optim/__0_0.distcp is missing, and .metadata lists it"));
            Assert.That((await new CatalogScene().Put(files[..3]).Put("step-1/notes/.metadata", "version: 1").UnitAsync()).State, Is.EqualTo(CheckpointState.Complete));
        });
    }

    /// <summary>As NeMo Automodel writes: the model as safetensors.</summary>
    [TestCase("model/model-00002-of-00002.safetensors", "shard 2 of 2 is missing (model)")]
    [TestCase("model/model.safetensors.index.json", "model.safetensors.index.json is missing")]
    [TestCase("optim/__1_0.distcp", "optim/__1_0.distcp is missing, and .metadata lists it")]
    public async Task Weights_in_a_folder_inside_are_looked_at(string missing, string reason) =>
        Assert.That(await FrameworkFiles.ReasonWithoutAsync(Automodel("epoch_0_step_99"), $"epoch_0_step_99/{missing}"), Is.EqualTo(reason));

    [Test]
    public async Task Weights_in_a_folder_inside_are_missed_where_the_checkpoint_before_has_them()
    {
        var scene = new CatalogScene().Put(Automodel("epoch_0_step_99"), 1).Put(DistributedRun.Checkpoint("epoch_0_step_199/optim"), 2);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.StateReason), Is.EqualTo(new[] { null, "model/model.safetensors is missing, and the checkpoint before has it" }));
    }

    /// <summary>There is no index, and a rank need not have a part of every file.</summary>
    [Test]
    public async Task Shards_that_ranks_wrote_need_no_index_and_are_missed_where_the_checkpoint_before_has_more()
    {
        var scene = new CatalogScene();
        foreach (var (step, ranks) in new[] { (1, 3), (2, 3), (3, 2) })
        {
            scene.Put(DistributedRun.Checkpoint($"epoch_0_step_{step}/optim"), step);
            for (var rank = 1; rank <= ranks; rank++)
                scene.Put($"epoch_0_step_{step}/model/shard-0000{rank}-model-0000{Math.Min(rank, 2)}-of-00002.safetensors", ModelFile.Safetensors(), step);
        }

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.StateReason), Is.EqualTo(new[]
        {
            null, null, "model/shard-00003-model.safetensors is missing, and the checkpoint before has 3 of its kind",
        }));
    }

    /// <summary>What people put into one checkpoint says nothing about the others.</summary>
    [Test]
    public async Task Weights_that_somebody_merged_do_not_make_the_next_checkpoint_incomplete()
    {
        var scene = new CatalogScene().Put(Cosmos("c/iter_000001000"), 1).Put("c/iter_000001000/model.pt", ModelFile.Zip(), 9).Put("c/iter_000001000/hf/model.safetensors", ModelFile.Safetensors(), 9)
            .Put(Cosmos("c/iter_000002000"), 2);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete));
    }

    /// <summary>As Meta Lingua and DINOv3 name them.</summary>
    [TestCase("0000000900", "0000001000")]
    [TestCase("900", "1000")]
    public async Task A_name_may_be_nothing_but_the_step(string one, string other)
    {
        var catalog = await new CatalogScene().Put(DistributedRun.Checkpoint($"ckpt/{one}"), 1).Put(DistributedRun.Checkpoint($"ckpt/{other}").SkipLast(1), 2).Put($"ckpt/{other}/params.json", "{}", 2).ReadAsync();

        Assert.That(catalog.Units.Select(static u => (u.Run, u.Path, u.Step, u.State, u.Layout)), Is.EqualTo(new (string, string, long?, CheckpointState, string)[]
        {
            ("ckpt/*", $"ckpt/{one}", 900, CheckpointState.Complete, "torch-distributed"), ("ckpt/*", $"ckpt/{other}", 1000, CheckpointState.InFlight, "torch-distributed"),
        }));
    }

    [Test]
    public async Task Numbers_one_after_the_other_may_be_parts_and_folders_in_them_are_no_steps()
    {
        var catalog = await new CatalogScene().Put(DistributedRun.Checkpoint("stages/0")).Put(DistributedRun.Checkpoint("stages/1")).Put(DistributedRun.Checkpoint("2024/model"))
            .Put("100/_METADATA", "{}").Put("100/manifest.ocdbt", "x").Put("100/d/1", "x").ReadAsync();

        Assert.That(catalog.Units.Select(static u => (u.Path, u.Layout)), Is.EqualTo(new[] { ("100", "orbax") }));
    }

    /// <summary>Taking such a run for one checkpoint would let one run push out another.</summary>
    [TestCase("lr_step_5/step-100")]
    [TestCase("epoch_3/100")]
    public async Task A_run_with_a_number_in_its_name_is_no_checkpoint(string path)
    {
        var catalog = await new CatalogScene().Put(DistributedRun.Checkpoint(path)).ReadAsync();

        Assert.That(catalog.Units.Select(static u => u.Path), Is.SubsetOf(new[] { path }));
    }

    [Test]
    public async Task Two_folders_without_a_number_are_no_series()
    {
        var catalog = await new CatalogScene().Put(DistributedRun.Checkpoint("fsdp_model")).Put(DistributedRun.Checkpoint("optimizer_0")).Put(DistributedRun.Checkpoint("last.ckpt")).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units, Is.Empty);
            Assert.That(catalog.OtherObjects, Has.Count.EqualTo(9));
        });
    }

    [TestCase("step-5/.metadata")]
    [TestCase("step-5/part-3.bin")]
    [TestCase("step-5/0_0.distcp")]
    [TestCase("epoch=1-step=2.ckpt/readme.md")]
    public async Task What_only_looks_like_a_distributed_checkpoint_is_none(string key) => await LookAlikes.AssertUnclaimedAsync(key);

    private static IEnumerable<(string Key, byte[] Content)> Cosmos(string path) =>
        [.. DistributedRun.Checkpoint($"{path}/model"), .. DistributedRun.Checkpoint($"{path}/optim"), .. DistributedRun.Checkpoint($"{path}/scheduler"), .. DistributedRun.Checkpoint($"{path}/trainer")];

    private static IEnumerable<(string Key, byte[] Content)> Automodel(string path) =>
    [
        ($"{path}/model/model-00001-of-00002.safetensors", ModelFile.Safetensors()), ($"{path}/model/model-00002-of-00002.safetensors", ModelFile.Safetensors()),
        ($"{path}/model/model.safetensors.index.json", """{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"""u8.ToArray()),
        .. DistributedRun.Checkpoint($"{path}/optim"),
    ];
}
