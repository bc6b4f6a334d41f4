using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class DeepSpeedLayoutTests
{
    [Test]
    public async Task A_whole_tag_is_complete_and_the_text_beside_it_names_it()
    {
        var catalog = await new CatalogScene()
            .Put(DeepSpeedRun.Checkpoint("run/global_step100", data: 3, models: 2), 1)
            .Put(DeepSpeedRun.Stage3("run/global_step200"), 2)
            .Put(DeepSpeedRun.Latest("run/latest", "global_step100\n"), 2)
            .Put("run/zero_to_fp32.py", "script")
            .ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units.Select(static u => (u.Path, u.Step, u.State, u.Layout, u.Run)), Is.EqualTo(new (string, long?, CheckpointState, string, string)[]
            {
                ("run/global_step100", 100, CheckpointState.Complete, "deepspeed", "run/global_step*"),
                ("run/global_step200", 200, CheckpointState.Complete, "deepspeed", "run/global_step*"),
            }));
            Assert.That(catalog.Described(), Is.EqualTo(new[] { "Last run/latest -> run/global_step100" }));
            Assert.That(catalog.OtherObjects.Select(static o => o.Key), Is.EqualTo(new[] { "run/zero_to_fp32.py" }));
            Assert.That(catalog.ReadFailures, Is.Empty);
        });
    }

    [TestCase("mp_rank_01_model_states.pt")]
    [TestCase("mp_rank_00_model_states.pt")]
    [TestCase("bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt")]
    [TestCase("bf16_zero_pp_rank_1_mp_rank_01_optim_states.pt")]
    [TestCase("bf16_zero_pp_rank_2_mp_rank_00_optim_states.pt")]
    public async Task A_hole_in_the_grid_is_named(string missing)
    {
        var reason = await FrameworkFiles.ReasonWithoutAsync(DeepSpeedRun.Checkpoint("global_step5", data: 3, models: 2, bf16: true), $"global_step5/{missing}");

        Assert.That(reason, Is.EqualTo($"{missing} is missing, and other ranks have theirs"));
    }

    /// <summary>Stage 3 writes both kinds for each rank, so that even the highest rank is missed.</summary>
    [TestCase("zero_pp_rank_3_mp_rank_00_model_states.pt")]
    [TestCase("zero_pp_rank_3_mp_rank_00_optim_states.pt")]
    public async Task The_highest_rank_is_missed_where_another_kind_has_it(string missing)
    {
        var reason = await FrameworkFiles.ReasonWithoutAsync(DeepSpeedRun.Stage3("global_step5", data: 4), $"global_step5/{missing}");

        Assert.That(reason, Is.EqualTo($"{missing} is missing, and other ranks have theirs"));
    }

    [Test]
    public async Task Layers_without_weights_are_no_holes_and_missing_slices_are()
    {
        var files = DeepSpeedRun.Pipeline("global_step5", slices: 2, 0, 2, 7).ToArray();

        await Assert.MultipleAsync(async () =>
        {
            Assert.That((await new CatalogScene().Put(files).UnitAsync()).State, Is.EqualTo(CheckpointState.Complete));
            Assert.That(
                await FrameworkFiles.ReasonWithoutAsync(files, "global_step5/layer_02-model_01-model_states.pt"),
                Is.EqualTo("layer_02-model_01-model_states.pt is missing, and other ranks have theirs"));
            Assert.That(
                await FrameworkFiles.ReasonWithoutAsync(files, "global_step5/mp_rank_00_model_states.pt"),
                Is.EqualTo("mp_rank_00_model_states.pt is missing, and other ranks have theirs"));
        });
    }

    [TestCase("layer_0_expert_1_mp_rank_00_model_states.pt")]
    [TestCase("expp_rank_1_mp_rank_00_optim_states.pt")]
    public async Task A_missing_expert_is_a_hole(string missing)
    {
        var files = DeepSpeedRun.Experts("global_step5", experts: 3).ToArray();

        await Assert.MultipleAsync(async () =>
        {
            Assert.That((await new CatalogScene().Put(files).UnitAsync()).State, Is.EqualTo(CheckpointState.Complete));
            Assert.That(await FrameworkFiles.ReasonWithoutAsync(files, $"global_step5/{missing}"), Is.EqualTo($"{missing} is missing, and other ranks have theirs"));
        });
    }

    [Test]
    public async Task Without_model_states_or_with_a_file_cut_short_it_is_incomplete()
    {
        var files = DeepSpeedRun.Checkpoint("global_step5").ToArray();

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await FrameworkFiles.ReasonWithoutAsync(files, "global_step5/mp_rank_00_model_states.pt"), Is.EqualTo("*_model_states.pt of all ranks are missing"));
            Assert.That(
                await FrameworkFiles.ReasonWithAsync(files, "global_step5/zero_pp_rank_1_mp_rank_00_optim_states.pt", ModelFile.Zip().Cut()),
                Is.EqualTo("zero_pp_rank_1_mp_rank_00_optim_states.pt is cut short: it has no zip end record"));
            Assert.That(
                await FrameworkFiles.ReasonWithAsync(files, "global_step5/mp_rank_00_model_states.pt", []), Is.EqualTo("mp_rank_00_model_states.pt is empty"));
        });
    }

    /// <summary>A crash between opening and writing leaves an empty file.</summary>
    [TestCase("", "it is empty, so it names nothing")]
    [TestCase("global_step77", null)]
    public async Task An_empty_or_dangling_pointer_leads_nowhere(string text, string? problem)
    {
        var catalog = await new CatalogScene().Put(DeepSpeedRun.Checkpoint("global_step5")).Put(DeepSpeedRun.Latest("latest", text)).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Pointers.Select(static p => (p.Key, p.Text, p.Targets.Count, p.Problem)), Is.EqualTo(new[] { ("latest", text, 0, problem) }));
            Assert.That(catalog.ReadFailures, Is.Empty);
        });
    }

    [Test]
    public async Task A_tag_may_have_a_separator()
    {
        var catalog = await new CatalogScene().Put(DeepSpeedRun.Checkpoint("run/a/global_step5")).Put(DeepSpeedRun.Latest("run/latest", "a/global_step5")).ReadAsync();

        Assert.That(catalog.Described(), Is.EqualTo(new[] { "Last run/latest -> run/a/global_step5" }));
    }

    /// <summary>A disk that lost power may hold zeros where the text was; and no tag is longer than a path.</summary>
    [TestCase("/w==")]
    [TestCase("AAAAAAAA")]
    [TestCase(null)]
    public async Task A_pointer_that_is_no_text_stops_whoever_wants_to_delete(string? base64)
    {
        var content = base64 is null ? [.. Enumerable.Repeat((byte)'x', 10_000)] : Convert.FromBase64String(base64);
        var catalog = await new CatalogScene().Put(DeepSpeedRun.Checkpoint("global_step5")).Put("latest", content).ReadAsync();

        Assert.That(catalog.ReadFailures.Select(static f => (f.Error, f.Subject)), Is.EqualTo(new[] { (TrainctlError.UnreadablePointer, "latest") }));
    }

    [Test]
    public async Task Universal_checkpoints_and_tags_without_a_number_are_runs_of_their_own()
    {
        var catalog = await new CatalogScene()
            .Put(DeepSpeedRun.Checkpoint("global_step5")).Put(DeepSpeedRun.Checkpoint("global_step5_universal")).Put(DeepSpeedRun.Checkpoint("best")).Put(DeepSpeedRun.Checkpoint("7"))
            .Put(DeepSpeedRun.Latest("latest_universal", "global_step5_universal")).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Runs.Select(static r => (r.Name, r.Units.Single().Step)), Is.EqualTo(new (string, long?)[]
            {
                ("*", 7), ("best", null), ("global_step*", 5), ("global_step*_universal", 5),
            }));
            Assert.That(catalog.Described(), Is.EqualTo(new[] { "Last latest_universal -> global_step5_universal" }));
        });
    }

    [Test]
    public async Task Under_Lightning_the_folder_around_the_tag_is_the_checkpoint()
    {
        var files = DeepSpeedRun.Lightning("v0/epoch=1-step=20-v1.ckpt").ToArray();

        var whole = await new CatalogScene().Put(files).UnitAsync();
        var reason = await FrameworkFiles.ReasonWithoutAsync(files, "v0/epoch=1-step=20-v1.ckpt/checkpoint/zero_pp_rank_1_mp_rank_00_model_states.pt");

        Assert.Multiple(() =>
        {
            Assert.That((whole.Path, whole.Run, whole.Step, whole.Epoch, whole.State, whole.ObjectCount),
                Is.EqualTo(("v0/epoch=1-step=20-v1.ckpt", "v0/epoch=*-step=*.ckpt", 20L, 1.0, CheckpointState.Complete, 5)));
            Assert.That(reason, Is.EqualTo("checkpoint/zero_pp_rank_1_mp_rank_00_model_states.pt is missing, and other ranks have theirs"));
        });
    }

    /// <summary>As a copy looks that is under way: the ranks that are there are a grid without a hole.</summary>
    [TestCase("run/global_step100", "run/global_step200", "zero_pp_rank_4_mp_rank_00_model_states.pt is missing, and the checkpoint before has 8 of its kind")]
    [TestCase("run/epoch=1-step=100.ckpt", "run/epoch=2-step=200.ckpt", "latest, which is written last, is missing")]
    public async Task A_copy_that_still_lacks_the_last_ranks_does_not_push_out_the_whole_one(string whole, string half, string reason)
    {
        var isLightnings = whole.EndsWith(".ckpt", StringComparison.Ordinal);
        var scene = new CatalogScene().Put(isLightnings ? DeepSpeedRun.Lightning(whole, data: 8) : DeepSpeedRun.Stage3(whole, data: 8), 1)
            .Put(DeepSpeedRun.Stage3(isLightnings ? half + "/checkpoint" : half, data: 4), 2);

        var unit = (await scene.ReadAsync()).Units.Last();
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
        await new PruneCheckpoints(new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1 }, host, scene.Store).RunAsync(CancellationToken.None);
        var left = (await scene.ReadAsync()).Units.Select(static u => (u.Path, u.State));

        Assert.Multiple(() =>
        {
            Assert.That((unit.Path, unit.StateReason), Is.EqualTo((half, reason)));
            Assert.That(left, Is.EqualTo(new[] { (whole, CheckpointState.Complete), (half, CheckpointState.InFlight) }));
        });
    }

    [Test]
    public async Task Under_Lightning_the_text_in_it_is_written_last()
    {
        var files = DeepSpeedRun.Lightning("epoch=1-step=20.ckpt").ToArray();

        Assert.That(await FrameworkFiles.ReasonWithAsync(files, "epoch=1-step=20.ckpt/latest", []), Is.EqualTo("latest, which is written last, is empty"));
    }

    [Test]
    public async Task Kinds_of_files_that_are_not_there_yet_are_missed_and_a_second_tag_ends_the_doubt()
    {
        var scene = new CatalogScene()
            .Put(DeepSpeedRun.Checkpoint("global_step100", data: 4), 1)
            .Put(DeepSpeedRun.Checkpoint("global_step200", data: 0), 2)
            .Put(DeepSpeedRun.Checkpoint("global_step300", data: 0), 3);

        Assert.That((await scene.ReadAsync()).Units.Select(static u => u.StateReason), Is.EqualTo(new[]
        {
            null, "zero_pp_rank_0_mp_rank_00_optim_states.pt is missing, and the checkpoint before has 4 of its kind", null,
        }));
    }

    [TestCase("global_step5/data.csv")]
    [TestCase("global_step5/model_states.pt")]
    [TestCase("latest")]
    public async Task What_only_looks_like_a_tag_is_none(string key) => await LookAlikes.AssertUnclaimedAsync(key);
}
