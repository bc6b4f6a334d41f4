using Trainctl.Checkpoints;
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
}
