using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints.Layouts;

public sealed class HuggingFaceTrainerLayoutTests
{
    [Test]
    public async Task A_whole_checkpoint_is_complete_and_knows_its_metrics()
    {
        var scene = new CatalogScene().HuggingFace("run/checkpoint-500", 500, minute: 3, """
            ,"epoch":1.5,"best_metric":0.25,"log_history":[{"step":400,"loss":9.0},{"step":500,"epoch":1.5,"loss":0.5},{"step":500,"eval_loss":0.4,"eval_bad":NaN}]
            """);

        var unit = await scene.UnitAsync();

        Assert.Multiple(() =>
        {
            Assert.That(unit.State, Is.EqualTo(CheckpointState.Complete), unit.StateReason);
            Assert.That((unit.Path, unit.Run, unit.Layout, unit.Step, unit.Epoch), Is.EqualTo(("run/checkpoint-500", "run", "huggingface-trainer", 500L, 1.5)));
            Assert.That(unit.Metrics, Is.EquivalentTo(new Dictionary<string, double> { ["loss"] = 0.5, ["eval_loss"] = 0.4, ["best_metric"] = 0.25 }));
            Assert.That(unit.ModifiedAt, Is.EqualTo(CatalogScene.Start.AddMinutes(3)));
            Assert.That(unit.Objects, Has.Count.EqualTo(5));
        });
    }

    [TestCase("trainer_state.json", "", "trainer_state.json cannot be parsed")]
    [TestCase("trainer_state.json", """{"global_step":5""", "trainer_state.json cannot be parsed")]
    [TestCase("trainer_state.json", "[]", "trainer_state.json cannot be parsed")]
    [TestCase("model.safetensors", "", "model.safetensors is empty")]
    [TestCase("model.safetensors", "short", "model.safetensors has no whole safetensors header")]
    [TestCase("optimizer.pt", "PK-something", "optimizer.pt is cut short: it has no zip end record")]
    public async Task A_broken_file_makes_it_incomplete(string name, string content, string reason)
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5).Put($"checkpoint-5/{name}", content);

        Assert.That(await scene.StateAsync("checkpoint-5"), Is.EqualTo((CheckpointState.InFlight, reason)));
    }

    [Test]
    public async Task A_truncated_model_says_how_long_it_should_be()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5).Put("checkpoint-5/model.safetensors", ModelFile.Safetensors().Cut());

        Assert.That((await scene.UnitAsync()).StateReason, Does.Match(@"^model\.safetensors has \d+ bytes and needs \d+$"));
    }

    /// <summary>Torch before 1.6 wrote pickles, which do not tell where they end.</summary>
    [Test]
    public async Task A_legacy_pickle_is_no_truncated_zip()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5).Put("checkpoint-5/optimizer.pt", [0x80, 2, 0x8a]);

        Assert.That((await scene.UnitAsync()).State, Is.EqualTo(CheckpointState.Complete));
    }

    [TestCase("trainer_state.json", "trainer_state.json, which is written last, is missing")]
    [TestCase("model.safetensors", "it has no weights")]
    public async Task A_missing_file_makes_it_incomplete(string name, string reason)
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5).Remove($"checkpoint-5/{name}");

        Assert.That(await scene.StateAsync("checkpoint-5"), Is.EqualTo((CheckpointState.InFlight, reason)));
    }

    /// <summary>Transformers 5 puts the file there first and removes it last, when a job is about to be stopped.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public async Task A_file_in_it_says_that_it_is_still_being_written(bool hasTheRest)
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5).Put("checkpoint-6/checkpoint-is-incomplete.txt", "Checkpoint started at step 6 and in progress...", 6);
        if (hasTheRest)
            scene.HuggingFace("checkpoint-6", 6);

        var written = await scene.StateAsync("checkpoint-6");
        var whole = await scene.HuggingFace("checkpoint-6", 6).Remove("checkpoint-6/checkpoint-is-incomplete.txt").StateAsync("checkpoint-6");

        Assert.Multiple(() =>
        {
            Assert.That(written, Is.EqualTo((CheckpointState.InFlight, "checkpoint-is-incomplete.txt says that it is still being written")));
            Assert.That(whole.State, Is.EqualTo(CheckpointState.Complete));
        });
    }

    [Test]
    public async Task A_hole_in_the_ranks_makes_it_incomplete()
    {
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5)
            .Put("checkpoint-5/rng_state_0.pth", ModelFile.Zip()).Put("checkpoint-5/rng_state_2.pth", ModelFile.Zip());

        Assert.That((await scene.UnitAsync()).StateReason, Is.EqualTo("rng_state_1.pth is missing, and later ranks have theirs"));
    }

    [Test]
    public async Task Shards_must_all_be_there_with_their_index()
    {
        const string Index = """{"metadata":{"total_size":32},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}""";
        var scene = new CatalogScene().HuggingFace("checkpoint-5", 5).Remove("checkpoint-5/model.safetensors")
            .Put("checkpoint-5/model-00001-of-00002.safetensors", ModelFile.Safetensors());

        var one = await scene.UnitAsync();
        var bothWithoutIndex = await scene.Put("checkpoint-5/model-00002-of-00002.safetensors", ModelFile.Safetensors()).UnitAsync();
        var all = await scene.Put("checkpoint-5/model.safetensors.index.json", Index).UnitAsync();
        var indexOfMore = await scene.Put("checkpoint-5/model.safetensors.index.json", Index.Replace("\"b\"", "\"c\":\"gone.safetensors\",\"b\"", StringComparison.Ordinal)).UnitAsync();
        var brokenIndex = await scene.Put("checkpoint-5/model.safetensors.index.json", Index[..20]).UnitAsync();

        Assert.Multiple(() =>
        {
            Assert.That(one.StateReason, Is.EqualTo("shard 2 of 2 is missing (model)"));
            Assert.That(bothWithoutIndex.StateReason, Is.EqualTo("model.safetensors.index.json is missing"));
            Assert.That(all.State, Is.EqualTo(CheckpointState.Complete), all.StateReason);
            Assert.That(indexOfMore.StateReason, Is.EqualTo("gone.safetensors is missing, and model.safetensors.index.json lists it"));
            Assert.That(brokenIndex.StateReason, Is.EqualTo("model.safetensors.index.json cannot be parsed"));
        });
    }

    [TestCase("""{"global_step":3,"best_global_step":1}""")]
    [TestCase("""{"global_step":3,"best_model_checkpoint":"run/checkpoint-1"}""")]
    [TestCase("""{"global_step":3,"best_model_checkpoint":"/home/other/machine/out/checkpoint-1/"}""")]
    [TestCase("""{"global_step":3,"best_model_checkpoint":"C:\\out\\checkpoint-1"}""")]
    public async Task The_newest_complete_state_names_the_best(string state)
    {
        var scene = new CatalogScene().HuggingFace("run/checkpoint-1", 1).HuggingFace("run/checkpoint-2", 2, more: ""","best_global_step":2""")
            .HuggingFace("run/checkpoint-3", 3).Put("run/checkpoint-3/trainer_state.json", state, 3);

        var pointer = (await scene.ReadAsync()).Pointers.Single();

        Assert.Multiple(() =>
        {
            Assert.That(pointer.Targets, Is.EqualTo(new[] { "run/checkpoint-1" }));
            Assert.That((pointer.Kind, pointer.Key), Is.EqualTo((PointerKind.Best, "run/checkpoint-3/trainer_state.json")));
        });
    }

    [Test]
    public async Task A_dead_best_points_nowhere_and_a_root_state_points_too()
    {
        var scene = new CatalogScene().HuggingFace("run/checkpoint-1", 1).HuggingFace("run/checkpoint-2", 2, more: ""","best_model_checkpoint":"/gone/checkpoint-77" """)
            .Put("run/trainer_state.json", """{"global_step":2,"best_global_step":1}""");

        var catalog = await scene.ReadAsync();

        Assert.That(catalog.Pointers.Select(static p => (p.Key, string.Join(',', p.Targets))), Is.EqualTo(new[]
        {
            ("run/checkpoint-2/trainer_state.json", ""), ("run/trainer_state.json", "run/checkpoint-1"),
        }));
    }

    [Test]
    public async Task A_root_state_that_cannot_be_parsed_is_a_failure_and_no_absence()
    {
        var catalog = await new CatalogScene().HuggingFace("run/checkpoint-1", 1).Put("run/trainer_state.json", "{").ReadAsync();

        Assert.That(catalog.ReadFailures.Select(static f => f.Error), Is.EqualTo(new[] { TrainctlError.UnreadablePointer }));
    }

    [TestCase("checkpoint-5/photo.png")]
    [TestCase("checkpoint-99999999999999999999/config.json")]
    [TestCase("checkpoint-5x/config.json")]
    [TestCase("checkpoint-/config.json")]
    [TestCase("my-checkpoint-5/config.json")]
    public async Task What_only_looks_like_a_checkpoint_is_none(string key)
    {
        var catalog = await new CatalogScene().Put(key).ReadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(catalog.Units, Is.Empty);
            Assert.That(catalog.OtherObjects.Select(static o => o.Key), Is.EqualTo(new[] { key }));
        });
    }

    [Test]
    public async Task Model_files_beside_checkpoints_belong_to_none()
    {
        var catalog = await new CatalogScene().HuggingFace("checkpoint-1", 1)
            .Put("model.safetensors").Put("model-00001-of-00002.safetensors").Put("adapter_model.safetensors").Put("config.json").ReadAsync();

        Assert.That(catalog.OtherObjects, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_folder_under_its_temporary_name_is_in_flight_even_when_all_is_there()
    {
        var scene = new CatalogScene().HuggingFace("tmp-checkpoint-5", 5, minute: 0).HuggingFace("checkpoint-10", 10);

        Assert.That((await scene.StateAsync("tmp-checkpoint-5")).State, Is.EqualTo(CheckpointState.InFlight));
    }
}
