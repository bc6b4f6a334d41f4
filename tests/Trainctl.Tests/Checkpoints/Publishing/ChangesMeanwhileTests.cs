using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Transfer;

namespace Trainctl.Tests.Checkpoints.Publishing;

/// <summary>A checkpoint that is not what was sent any more, at either end, gets no manifest.</summary>
public sealed class ChangesMeanwhileTests : PublishingFixture
{
    /// <summary>Every object is proven by itself, but no longer belongs to the others.</summary>
    [Test]
    public async Task A_checkpoint_that_is_written_again_meanwhile_gets_no_manifest()
    {
        _scene.HuggingFace("run/checkpoint-5", 5);
        _destination.OnWrite = key =>
        {
            if (key.EndsWith("trainer_state.json", StringComparison.Ordinal))
                _scene.Put("run/checkpoint-5/model.safetensors", ModelFile.Safetensors(), 77);
        };

        var report = await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Single().Result, Is.EqualTo(PublishResult.Failed));
            Assert.That(report.Units.Single().Why, Does.StartWith("run/checkpoint-5/model.safetensors changed while it was published"));
            Assert.That(_destination.Writes, Has.None.Contains("manifest"));
        });
    }

    /// <summary>A file that came is part of the checkpoint, and one that went is not; either way what was sent is not the checkpoint.</summary>
    [TestCase("run/checkpoint-5/scaler.pt", true)]
    [TestCase("run/checkpoint-5/deep/new.bin", true)]
    [TestCase("run/checkpoint-5/rng_state.pth", false)]
    public async Task A_checkpoint_whose_files_are_others_by_now_gets_no_manifest(string key, bool isNew)
    {
        _scene.HuggingFace("run/checkpoint-5", 5);
        _destination.OnWrite = written =>
        {
            if (!written.EndsWith("trainer_state.json", StringComparison.Ordinal))
                return;
            if (isNew)
                _scene.Put(key, ModelFile.Zip(), 5);
            else
                _scene.Remove(key);
        };

        var report = await UploadAsync();

        AssertNotPublished(report, $"{key} changed while it was published");
    }

    /// <summary>Somebody who still writes, or left, what is never published does not change the checkpoint.</summary>
    [Test]
    public async Task An_unfinished_file_that_comes_meanwhile_does_not_matter()
    {
        _scene.HuggingFace("run/checkpoint-5", 5);
        _destination.OnWrite = _ => _scene.Put("run/checkpoint-5/model.safetensors.tmp");

        Assert.That((await UploadAsync()).Units.Single().Result, Is.EqualTo(PublishResult.Published));
    }

    /// <summary>Shards and their index do not all begin with the checkpoint's path.</summary>
    [TestCase("r/model_step_5-00001-of-00002.bin", false)]
    [TestCase("r/model_step_5-00001-of-00002.bin", true)]
    [TestCase("r/model_step_5.bin.index.json", false)]
    [TestCase("r/model_step_5.bin.index.json", true)]
    public async Task Shards_of_which_any_file_changes_meanwhile_get_no_manifest(string key, bool isRemoved)
    {
        _scene.Put(ShardedFilesRun.Checkpoint("r", 5));
        _destination.OnWrite = written =>
        {
            if (!written.EndsWith(".index.json", StringComparison.Ordinal))
                return;
            // It has been read by now.
            if (isRemoved)
                _scene.Remove(key);
            else
                _scene.Put(key, ModelFile.Zip(99), 77);
        };

        var report = await UploadAsync();

        AssertNotPublished(report, $"{key} changed while it was published");
    }

    /// <summary>Another machine, after the last object was sent and before the manifest is.</summary>
    [TestCase("run/checkpoint-5/model.safetensors", true)]
    [TestCase("run/checkpoint-5/model.safetensors", false)]
    [TestCase("r/model_step_5-00001-of-00002.bin", true)]
    [TestCase("r/model_step_5-00001-of-00002.bin", false)]
    public async Task What_somebody_else_replaces_or_removes_there_leaves_no_manifest(string key, bool isReplaced)
    {
        _scene.HuggingFace("run/checkpoint-5", 5).Put(ShardedFilesRun.Checkpoint("r", 5));
        var manifest = key.StartsWith("run/", StringComparison.Ordinal) ? "run/checkpoint-5/.trainctl-manifest.json" : "r/model_step_5.bin.trainctl-manifest.json";
        _destination.OnWrite = written =>
        {
            if (written == manifest && isReplaced)
                PutOther(key).GetAwaiter().GetResult();
            else if (written == manifest)
                _destination.DeleteAsync([new DeleteRequest(key)]).GetAwaiter().GetResult();
        };

        var report = await UploadAsync();

        var failed = report.Units.Single(static u => u.Result == PublishResult.Failed);
        Assert.Multiple(async () =>
        {
            Assert.That(failed.Why, Does.StartWith($"{key} was written or removed by somebody else while it was published"));
            Assert.That(await _destination.HeadAsync(manifest), Is.Null);
        });

        // As many bytes of another content.
        async Task PutOther(string other)
        {
            var there = (await _destination.HeadAsync(other))!;
            var content = new byte[there.Size];
            await _destination.PutAsync(other, content, new PutOptions { ContentModifiedAt = there.ContentModifiedAt, Checksum = Crc64.Of(content) });
        }
    }

    private void AssertNotPublished(UploadCheckpointsReport report, string why)
    {
        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Single().Result, Is.EqualTo(PublishResult.Failed));
            Assert.That(report.Units.Single().Why, Does.StartWith(why));
            Assert.That(_destination.Writes, Has.None.Contains("manifest"));
        });
    }
}
