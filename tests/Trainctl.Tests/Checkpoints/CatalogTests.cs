using System.Runtime.Versioning;
using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints;

public sealed class CatalogTests
{
    private static readonly Checksum Any = new(1);

    [Test]
    public async Task Steps_order_a_run_and_equal_times_do_not_matter()
    {
        var scene = new CatalogScene();
        foreach (var step in (int[])[1000, 200, 30])
            scene.HuggingFace($"checkpoint-{step}", step, minute: 0);

        var run = (await scene.ReadAsync()).Runs.Single();

        Assert.That((run.Ordering, Steps(run)), Is.EqualTo((CheckpointOrdering.Step, "30 200 1000")));
    }

    [TestCase(0.01, CheckpointOrdering.Step, "100 200 300")]
    [TestCase(10, CheckpointOrdering.Time, "200 300 100")]
    public async Task A_lower_step_that_is_younger_beyond_clock_noise_means_a_restart(double minutesLater, CheckpointOrdering ordering, string steps)
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-200", 200, 0).HuggingFace("checkpoint-300", 300, 0.02).HuggingFace("checkpoint-100", 100, 0.02 + minutesLater);

        var run = (await scene.ReadAsync()).Runs.Single();

        Assert.That((run.Ordering, Steps(run)), Is.EqualTo((ordering, steps)));
    }

    /// <summary>A folder without a name has no path of its own, so what is in it would pass for what lies beside it.</summary>
    [TestCase(null)]
    [TestCase(@"ckpt_(?<step>\d+)\.pt$")]
    public async Task What_lies_in_a_folder_without_a_name_is_left_alone(string? pattern)
    {
        var scene = new CatalogScene();
        foreach (var folder in (string[])["", "/", "a/", "a//"])
            scene.Put(folder + "ckpt_5.pt", ModelFile.Zip(), 5).Put(folder + "ckpt_6.pt", ModelFile.Zip(), 6);
        scene.Put("/ckpt_5.pt.trainctl-keep", "").Put("a//ckpt_5.pt.trainctl-keep", "");

        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
        var settings = new PruneCheckpointsSettings { Location = "s3://memory", KeepLast = 1, Pattern = pattern is null ? null : new CheckpointPattern(pattern) { SettleTime = TimeSpan.Zero } };
        var report = await new PruneCheckpoints(settings, host, scene.Store).RunAsync(CancellationToken.None);
        var left = (await scene.Store.ListAsync(new ListRequest()).ToArrayAsync()).Select(static o => o.Key);

        Assert.Multiple(() =>
        {
            Assert.That(left, Is.EqualTo(new[]
            {
                "/ckpt_5.pt", "/ckpt_5.pt.trainctl-keep", "/ckpt_6.pt",
                "a//ckpt_5.pt", "a//ckpt_5.pt.trainctl-keep", "a//ckpt_6.pt", "a/ckpt_6.pt", "ckpt_6.pt",
            }));
            Assert.That(report.OtherObjects, Is.EqualTo(3));
        });
    }

    [TestCase("/mp_rank_00_model_states.pt")]
    [TestCase("//ckpt_5.pt")]
    [TestCase("/checkpoint-5/trainer_state.json")]
    public async Task A_folder_without_a_name_is_no_checkpoint_and_has_none(string key)
    {
        var catalog = await new CatalogScene().Put(key, ModelFile.Zip()).ReadAsync();

        Assert.That((catalog.Units.Count(), catalog.OtherObjects.Single().Key), Is.EqualTo((0, key)));
    }

    /// <summary>Somebody evaluates an old checkpoint and leaves the result in it.</summary>
    [Test]
    public async Task A_file_added_later_does_not_make_a_checkpoint_newer()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-1", 1).HuggingFace("checkpoint-2", 2).Put("checkpoint-1/eval.txt", "good", 999);

        Assert.That((await scene.ReadAsync()).Runs.Single().Ordering, Is.EqualTo(CheckpointOrdering.Step));
    }

    [Test]
    public async Task The_first_checkpoint_of_a_restart_is_in_flight_while_it_is_written()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-900", 900, 1).HuggingFace("checkpoint-10", 10, 60).Remove("checkpoint-10/trainer_state.json");

        Assert.That((await scene.StateAsync("checkpoint-10")).State, Is.EqualTo(CheckpointState.InFlight));
    }

    [Test]
    public async Task A_manifest_that_agrees_vouches_for_files_and_one_that_does_not_condemns()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-1", 1);
        var entries = (await scene.UnitAsync()).Objects.Select(static o => new ManifestObject
        {
            Key = o.Key["checkpoint-1/".Length..], Size = o.Size, Checksum = Any.ToString(), ModifiedAt = o.ContentModifiedAt!.Value,
        }).ToArray();

        var agreeing = await Write(entries).UnitAsync();
        var missing = await Write([.. entries, entries[0] with { Key = "gone.bin" }]).UnitAsync();
        var resized = await Write([entries[0] with { Size = 99 }]).UnitAsync();
        var doubled = await Write([entries[0], entries[0]]).UnitAsync();
        var broken = await scene.Put("checkpoint-1/.trainctl-manifest.json", "{").UnitAsync();

        Assert.Multiple(() =>
        {
            Assert.That(agreeing.State, Is.EqualTo(CheckpointState.Complete), agreeing.StateReason);
            Assert.That(agreeing.MarkerKeys, Is.EqualTo(new[] { "checkpoint-1/trainer_state.json", "checkpoint-1/.trainctl-manifest.json" }));
            Assert.That(missing.StateReason, Is.EqualTo("gone.bin is missing, and the manifest lists it"));
            Assert.That(resized.StateReason, Does.EndWith("the manifest says 99"));
            Assert.That(doubled.StateReason, Is.EqualTo("its manifest cannot be parsed"));
            Assert.That(broken.StateReason, Is.EqualTo("its manifest cannot be parsed"));
        });

        CatalogScene Write(ManifestObject[] objects) => scene.Put("checkpoint-1/.trainctl-manifest.json", System.Text.Encoding.UTF8.GetString(ManifestJson.Write(new Manifest
        {
            Version = 1, Layout = "huggingface-trainer", Name = "checkpoint-1", ModifiedAt = CatalogScene.Start, Objects = objects,
        })));
    }

    /// <summary>About a file of the future nothing can be said: neither that it is whole nor that it is not.</summary>
    [Test]
    public async Task A_manifest_of_a_newer_version_is_a_failure_and_no_broken_one()
    {
        var catalog = await new CatalogScene().HuggingFace("checkpoint-1", 1).Put("checkpoint-1/.trainctl-manifest.json", """{"version":2}""").ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.ReadFailures.Single().Error, Is.EqualTo(TrainctlError.InvalidFile));
            Assert.That(catalog.Units.Single().Untouchable, Is.EqualTo("it could not be read"));
        });
    }

    /// <summary>S3 lists only when an object was uploaded; checkpoints of one upload have those times in any order.</summary>
    [Test]
    public async Task Where_a_store_lists_upload_times_the_manifest_tells_when_a_checkpoint_was_saved()
    {
        var store = new MemoryStore(traits: MemoryStore.S3Traits);
        await store.PutAsync("epoch=1-step=5.ckpt", ModelFile.Zip(), new PutOptions());
        await store.PutAsync("epoch=1-step=5.ckpt.trainctl-manifest.json", ManifestJson.Write(new Manifest
        {
            Version = 1, Layout = "lightning", Name = "epoch=1-step=5.ckpt", ModifiedAt = CatalogScene.Start, Objects = [],
        }), new PutOptions());

        var unit = (await CheckpointCatalog.ReadAsync(store)).Units.Single();

        Assert.That((unit.ModifiedAt, unit.ObjectCount), Is.EqualTo((CatalogScene.Start, 2)));
    }

    [Test]
    public async Task All_of_more_objects_than_a_page_are_seen()
    {
        var scene = new CatalogScene();
        for (var step = 1; step <= 1001; step++)
            scene.Put($"step_{step}.safetensors", ModelFile.Safetensors(), step);

        Assert.That((await scene.ReadAsync()).Units.Count(static u => u.State == CheckpointState.Complete), Is.EqualTo(1001));
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task Links_to_checkpoints_are_pointers_and_checkpoints_behind_links_are_untouchable()
    {
        using var folder = new TemporaryFolder();
        foreach (var step in (int[])[1, 2, 3])
            HuggingFaceRun.Write(folder, "real", step);
        folder.Write("files/epoch=1-step=5.ckpt", "");
        await File.WriteAllBytesAsync(folder.Combine("files/epoch=1-step=5.ckpt"), ModelFile.Zip());
        File.CreateSymbolicLink(folder.Combine("files/last.ckpt"), "epoch=1-step=5.ckpt");
        Directory.CreateSymbolicLink(folder.Combine("best"), "real/checkpoint-1");
        Directory.CreateSymbolicLink(folder.Combine("latest"), "real");

        var catalog = await CheckpointCatalog.ReadAsync(new FolderStore(folder.Path));

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Pointers.Select(static p => $"{p.Kind} {p.Key}: {string.Join(' ', p.Targets)}"), Is.EquivalentTo(new[]
            {
                "Last files/last.ckpt: files/epoch=1-step=5.ckpt", "Link best: real/checkpoint-1",
            }));
            Assert.That(catalog.Units.Where(static u => u.Untouchable is not null).Select(static u => u.Path), Is.EqualTo(new[]
            {
                "latest/checkpoint-1", "latest/checkpoint-2", "latest/checkpoint-3",
            }));
        });
    }

    /// <summary>Behind a link DeepSpeed's states look like a checkpoint of their own.</summary>
    [TestCase("best", "checkpoint-10", "huggingface-trainer")]
    [TestCase("best", "checkpoint_10", "accelerate")]
    [TestCase("last.ckpt", "epoch=1-step=10.ckpt", "deepspeed")]
    [TestCase("weights", "checkpoint_10/pytorch_model", "accelerate")]
    [Platform(Exclude = "Win")]
    public async Task A_link_protects_a_checkpoint_with_folders_inside(string link, string target, string layout)
    {
        using var folder = new TemporaryFolder();
        var path = target.Split('/')[0];
        foreach (var step in (int[])[10, 20])
            Write(folder, Files($"run/{path.Replace("10", $"{step}", StringComparison.Ordinal)}", layout, step), step);
        Directory.CreateSymbolicLink(folder.Combine("run/" + link), target);

        var catalog = await CheckpointCatalog.ReadAsync(new FolderStore(folder.Path));
        await TestHost.Engine(folder).PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "run", KeepBest = 1, Metric = "loss" });

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Pointers.Select(static p => $"{p.Kind} {p.Key}: {string.Join(' ', p.Targets)}"), Is.EqualTo(new[] { $"Link run/{link}: run/{path}" }));
            Assert.That(catalog.Units.Select(static u => (u.Layout, u.Step)), Is.EqualTo(new[] { (layout, 10L), (layout, 20L) }));
            Assert.That(catalog.OtherObjects.Select(static o => o.Key), Is.All.StartsWith($"run/{link}/").And.Not.Empty);
            Assert.That(Directory.Exists(folder.Combine("run/" + path)), Is.True);
        });
    }

    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public async Task A_checkpoint_of_which_a_part_could_not_be_listed_is_neither_complete_nor_touchable()
    {
        using var folder = new TemporaryFolder();
        HuggingFaceRun.Write(folder, "run", 1);
        File.CreateSymbolicLink(folder.Combine("run/checkpoint-1/tokenizer.json"), "/nowhere/tokenizer.json");

        var unit = (await CheckpointCatalog.ReadAsync(new FolderStore(folder.Path))).Units.Single();

        Assert.Multiple(() =>
        {
            Assert.That(unit.State, Is.Not.EqualTo(CheckpointState.Complete));
            Assert.That(unit.Untouchable, Does.StartWith("part of it could not be listed"));
        });
    }

    private static IEnumerable<(string Key, byte[] Content)> Files(string path, string layout, int step) =>
    [
        .. layout switch
        {
            "accelerate" => AccelerateRun.DeepSpeed(path),
            "deepspeed" => DeepSpeedRun.Lightning(path),
            _ => [.. TrainerRun.Checkpoint(path[..path.LastIndexOf('/')], step), .. DeepSpeedRun.Checkpoint($"{path}/global_step{step}"), DeepSpeedRun.Latest($"{path}/latest", $"global_step{step}")],
        },
        ($"{path}/metrics.json", Encoding.UTF8.GetBytes($$"""{"loss":{{100 - step}}}""")),
    ];

    private static void Write(TemporaryFolder folder, IEnumerable<(string Key, byte[] Content)> files, int minute)
    {
        foreach (var (key, content) in files)
        {
            var path = folder.Write(key, "");
            File.WriteAllBytes(path, content);
            File.SetLastWriteTimeUtc(path, CatalogScene.Start.UtcDateTime.AddMinutes(minute));
        }
    }

    private static string Steps(CheckpointRun run) => string.Join(' ', run.Units.Select(static u => u.Step));
}
