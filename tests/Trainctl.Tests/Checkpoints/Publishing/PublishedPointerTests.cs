using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Publishing;

/// <summary>A pointer is sent last, and not before all that it names.</summary>
public sealed class PublishedPointerTests : PublishingFixture
{
    [Test]
    public async Task A_pointer_to_what_did_not_arrive_stays_behind()
    {
        _scene.HuggingFace("run/checkpoint-5", 5).HuggingFace("run/checkpoint-6", 6).Put("run/trainer_state.json", """{"global_step":6,"best_global_step":5}""");
        _destination.OnWrite = static key => FailOn(key, "run/checkpoint-5/model.safetensors");

        var report = await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(_destination.Writes, Has.No.Member("run/trainer_state.json"));
            Assert.That(report.Notes.Single(), Is.EqualTo("run/trainer_state.json was left out: it names run/checkpoint-5, which was not published."));
        });
    }

    [Test]
    public async Task A_pointer_to_what_was_left_out_stays_behind_too()
    {
        _scene.HuggingFace("run/checkpoint-5", 5).Put("run/checkpoint-5/model.safetensors", ModelFile.Safetensors().Cut())
            .HuggingFace("run/checkpoint-6", 6).Put("run/trainer_state.json", """{"global_step":6,"best_global_step":5}""");

        var report = await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(_destination.Writes, Has.No.Member("run/trainer_state.json").And.Member("run/checkpoint-6/model.safetensors"));
            Assert.That(report.Notes, Has.Some.EqualTo("run/trainer_state.json was left out: it names run/checkpoint-5, which was not published."));
        });
    }

    /// <summary>A listing that has passed the place of a checkpoint sees the pointer to it, which is written last.</summary>
    [Test]
    public async Task A_pointer_to_what_came_while_the_source_was_listed_stays_behind()
    {
        _scene.Put(DeepSpeedRun.Checkpoint("run/global_step100"), 1).Put(DeepSpeedRun.Latest("run/latest", "global_step100"), 1);
        await UploadAsync();
        var text = (await _destination.HeadAsync("run/latest"))!.Size;
        _scene.Put(DeepSpeedRun.Latest("run/latest", "global_step30000"), 2);

        var report = await UploadAsync();
        var left = (await _destination.HeadAsync("run/latest"))!.Size;
        _scene.Put(DeepSpeedRun.Checkpoint("run/global_step30000"), 2);
        await UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(report.Notes.Single(), Is.EqualTo("run/latest was left out: it names global_step30000, which is not here."));
            Assert.That(left, Is.EqualTo(text));
            Assert.That((await _destination.HeadAsync("run/latest"))!.Size, Is.GreaterThan(text));
        });
    }

    /// <summary>What they name besides is there already: it is the new one that counts, and Ray cannot go on when any of its list is missing.</summary>
    [TestCase("tensorflow", "r/checkpoint", "ckpt-30")]
    [TestCase("ray-train", "r/checkpoint_manager_snapshot.json", "checkpoint_000030")]
    public async Task A_text_that_names_several_stays_behind_for_one_that_came_meanwhile(string framework, string key, string newest)
    {
        (string Key, byte[] Content)[] files = framework == "tensorflow"
            ? [.. TensorFlowRun.Files("r", 10, 20, 30), TensorFlowRun.State("r", "ckpt-10", "ckpt-20", "ckpt-30")]
            : [.. RayTrainRun.Files("r", 10, 20, 30)];
        _scene.Put(files.Where(static f => !f.Key.Contains("30", StringComparison.Ordinal)));

        var report = await UploadAsync();
        var writes = _destination.Writes.ToArray();
        _scene.Put(files);
        await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.Notes.Single(), Is.EqualTo($"{key} was left out: it names {newest}, which is not here."));
            Assert.That(writes, Has.No.Member(key).And.Not.Empty);
            Assert.That(_destination.Writes[^1], Is.EqualTo(key));
        });
    }

    /// <summary>Training may have deleted it here.</summary>
    [TestCase("run/global_step30000/mp_rank_00_model_states.pt", "run/latest", "global_step30000")]
    [TestCase("run/checkpoint-3/model.safetensors", "run/trainer_state.json", """{"global_step":6,"best_global_step":3}""")]
    [TestCase(null, "run/trainer_state.json", """{"global_step":6,"best_global_step":3}""")]
    public async Task A_pointer_to_what_is_at_the_destination_only_or_was_the_best_once_is_sent(string? there, string key, string text)
    {
        _scene.Put(DeepSpeedRun.Checkpoint("run/global_step100"), 1).HuggingFace("run/checkpoint-6", 6).Put(key, text);
        if (there is not null)
            await _destination.PutAsync(there, ModelFile.Zip(), new PutOptions());

        var report = await UploadAsync();

        Assert.That((_destination.Writes[^1], report.Notes.Count), Is.EqualTo((key, 0)));
    }
}
