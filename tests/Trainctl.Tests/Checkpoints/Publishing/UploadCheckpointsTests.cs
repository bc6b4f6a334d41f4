using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Transfer;

namespace Trainctl.Tests.Checkpoints.Publishing;

/// <summary>From a store like a disk to a store like S3.</summary>
public sealed class UploadCheckpointsTests
{
    private static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };
    private static readonly UploadCheckpointsSettings Settings = new() { Source = "s3://source", Destination = "s3://destination" };

    private CatalogScene _scene = null!;
    private HookedStore _source = null!;
    private HookedStore _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _scene = new CatalogScene();
        _source = new HookedStore(_scene.Store);
        _destination = new HookedStore(new MemoryStore("s3://destination", MemoryStore.S3Traits));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
    }

    [Test]
    public async Task Other_files_go_first_then_data_then_state_then_manifest_then_pointers()
    {
        _scene.HuggingFace("run/checkpoint-5", 5).Put("run/trainer_state.json", """{"global_step":5,"best_global_step":5}""").Put("run/train.log")
            .Put("run/model.safetensors.tmp").Put("run/checkpoint-5/optimizer.pt.part");

        await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(_destination.Writes[0], Is.EqualTo("run/train.log"));
            Assert.That(_destination.Writes.TakeLast(3), Is.EqualTo(new[] { "run/checkpoint-5/trainer_state.json", "run/checkpoint-5/.trainctl-manifest.json", "run/trainer_state.json" }));
            Assert.That(_destination.Writes, Has.Count.EqualTo(8).And.None.Contains(".tmp").And.None.Contains(".part"));
        });
    }

    [Test]
    public async Task What_was_published_is_complete_where_it_was_published()
    {
        _scene.HuggingFace("run/checkpoint-5", 5, more: ""","epoch":2.5""").Put("pl/epoch=1-step=7.ckpt", ModelFile.Zip(), 7);

        await UploadAsync();
        var catalog = await CheckpointCatalog.ReadAsync(_destination);

        Assert.That(catalog.Units.Select(static u => (u.Path, u.State, u.Epoch, u.ModifiedAt)), Is.EqualTo(new[]
        {
            ("pl/epoch=1-step=7.ckpt", CheckpointState.Complete, (double?)1, CatalogScene.Start.AddMinutes(7)),
            ("run/checkpoint-5", CheckpointState.Complete, 2.5, CatalogScene.Start.AddMinutes(5)),
        }));
    }

    [Test]
    public async Task A_second_run_moves_nothing_and_opens_no_data()
    {
        _scene.HuggingFace("run/checkpoint-5", 5).Put("run/train.log");
        await UploadAsync();
        var writes = _destination.Writes.Count;
        var reads = _destination.Reads.Count;

        var report = await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Single(), Is.EqualTo(new PublishedUnit("run/checkpoint-5", report.Units[0].Bytes, PublishResult.Unchanged, "already there")));
            Assert.That(_destination.Writes, Has.Count.EqualTo(writes));
            Assert.That(_destination.Reads.Skip(reads), Is.EqualTo(new[] { "run/checkpoint-5/.trainctl-manifest.json" }));
        });
    }

    [Test]
    public async Task An_interrupted_upload_goes_on_and_sends_only_what_is_missing()
    {
        _scene.HuggingFace("run/checkpoint-5", 5);
        _destination.OnWrite = static key => FailOn(key, "run/checkpoint-5/trainer_state.json");
        var first = await UploadAsync();
        var manifestAfterFirst = await _destination.HeadAsync("run/checkpoint-5/.trainctl-manifest.json");
        _destination.OnWrite = null;

        var second = await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That((first.Units.Single().Result, first.ExitCode, manifestAfterFirst), Is.EqualTo((PublishResult.Failed, ErrorCatalog.PartialFailure, (StoredObject?)null)));
            Assert.That(second.Objects.Select(static o => (o.Key, o.Reason)), Is.EqualTo(new[] { ("run/checkpoint-5/trainer_state.json", "new") }));
            Assert.That(second.Units.Single().Result, Is.EqualTo(PublishResult.Published));
        });
    }

    [Test]
    public async Task A_manifest_that_cannot_be_written_fails_its_checkpoint_and_no_other()
    {
        _scene.HuggingFace("run/checkpoint-5", 5).HuggingFace("run/checkpoint-6", 6);
        _destination.OnWrite = static key => FailOn(key, "run/checkpoint-5/.trainctl-manifest.json");

        var report = await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PublishResult.Failed, PublishResult.Published }));
            Assert.That(FailureSummary.Of(report), Does.StartWith("TRAINCTL1010: 1 checkpoint not published, the rest is done").And.Contain("run/checkpoint-5: "));
        });
    }

    [Test]
    public async Task Replaced_content_loses_its_manifest_before_the_first_byte_and_gets_a_new_one()
    {
        _scene.HuggingFace("run/checkpoint-5", 5);
        await UploadAsync();
        _scene.HuggingFace("run/checkpoint-5", 5, minute: 50);
        var manifestWasThere = false;
        _destination.OnWrite = key => manifestWasThere |= !key.EndsWith("manifest.json", StringComparison.Ordinal)
            && _destination.HeadAsync("run/checkpoint-5/.trainctl-manifest.json").Result is not null;

        var report = await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(manifestWasThere, Is.False);
            Assert.That(report.Objects.Select(static o => o.Reason), Is.All.EqualTo("modified").And.Exactly(5).Items);
        });
    }

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

    /// <summary>A manifest that lists what is no part of the checkpoint any more would make it incomplete wherever it is brought to.</summary>
    [Test]
    public async Task A_file_that_went_since_it_was_published_leaves_the_manifest()
    {
        _scene.HuggingFace("run/checkpoint-5", 5);
        await UploadAsync();
        _scene.Remove("run/checkpoint-5/rng_state.pth");

        var report = await UploadAsync();

        await using var content = await _destination.OpenReadAsync("run/checkpoint-5/.trainctl-manifest.json");
        using var text = new StreamReader(content);
        Assert.That(report.Units.Single(), Is.EqualTo(new PublishedUnit("run/checkpoint-5", report.Units[0].Bytes, PublishResult.Published, "the manifest lists other objects")));
        Assert.That(await text.ReadToEndAsync(), Does.Contain("optimizer.pt").And.Not.Contain("rng_state.pth"));
    }

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

    [Test]
    public async Task Incomplete_checkpoints_and_cut_pointers_are_left_out_with_their_reason()
    {
        _scene.HuggingFace("run/checkpoint-5", 5).Put("run/checkpoint-5/model.safetensors", ModelFile.Safetensors().Cut()).Put("last.ckpt", ModelFile.Zip().Cut());

        var report = await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(_destination.Writes, Is.Empty);
            Assert.That(report.ExitCode, Is.Zero);
            Assert.That(report.Units.Single().Result, Is.EqualTo(PublishResult.LeftOut));
            Assert.That(report.Notes.Single(), Is.EqualTo("last.ckpt was left out: last.ckpt is cut short: it has no zip end record."));
        });
    }

    [Test]
    public async Task A_checkpoint_that_cannot_be_read_is_a_failure()
    {
        _scene.HuggingFace("run/checkpoint-5", 5);
        _source.OnRead = static key => FailOn(key, "run/checkpoint-5/optimizer.pt");

        var report = await UploadAsync();

        Assert.That((report.Units.Single().Result, report.ExitCode), Is.EqualTo((PublishResult.Failed, ErrorCatalog.PartialFailure)));
    }

    [Test]
    public async Task The_storage_class_is_for_data_and_not_for_what_must_be_readable_at_any_time()
    {
        _scene.HuggingFace("run/checkpoint-5", 5);

        await UploadAsync(Settings with { StorageClass = "GLACIER" });

        await Assert.MultipleAsync(async () =>
        {
            Assert.That((await _destination.HeadAsync("run/checkpoint-5/model.safetensors"))!.StorageClass, Is.EqualTo("GLACIER"));
            Assert.That((await _destination.HeadAsync("run/checkpoint-5/trainer_state.json"))!.StorageClass, Is.Null);
            Assert.That((await _destination.HeadAsync("run/checkpoint-5/.trainctl-manifest.json"))!.StorageClass, Is.Null);
        });
    }

    [Test]
    public async Task A_dry_run_writes_nothing_and_says_what_the_real_run_then_does()
    {
        _scene.HuggingFace("run/checkpoint-5", 5).Put("pl/epoch=1-step=7.ckpt", ModelFile.Zip()).Put("pl/last.ckpt", ModelFile.Zip()).Put("a/train.log");

        var dry = await UploadAsync(Settings with { DryRun = true });
        var writes = _destination.Writes;
        var real = await UploadAsync();

        Assert.Multiple(() =>
        {
            Assert.That(writes, Is.Empty);
            Assert.That(dry.Objects.Select(Line), Is.EqualTo(real.Objects.Select(Line)));
            Assert.That(dry.Units.Select(static u => (u.Path, u.Why)), Is.EqualTo(real.Units.Select(static u => (u.Path, u.Why))));
        });

        static string Line(ObjectOutcome o) => $"{o.Key} {o.Action} {o.Bytes} {o.Reason}";
    }

    [Test]
    public async Task A_manifest_lists_every_object_with_size_and_checksum()
    {
        _scene.HuggingFace("run/checkpoint-5", 5);

        await UploadAsync();
        using var stream = new MemoryStream();
        await using (var content = await _destination.OpenReadAsync("run/checkpoint-5/.trainctl-manifest.json"))
            await content.CopyToAsync(stream);

        Golden.Verify(Encoding.UTF8.GetString(stream.ToArray()), "Manifest");
    }

    [TestCase("s3://a/run", "s3://a/run/published")]
    [TestCase("s3://a/run", "s3://a/run")]
    [TestCase("s3://a", "s3://a/published")]
    [TestCase("/data/run", "/data/run/published")]
    public async Task A_destination_inside_the_source_is_refused(string source, string destination)
    {
        var operation = new UploadCheckpoints(Settings, Host, new MemoryStore(source), new MemoryStore(destination));

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => operation.RunAsync(CancellationToken.None)))!;

        Assert.That(error.Error, Is.EqualTo(TrainctlError.InvalidSetting));
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

    private static void FailOn(string key, string failing)
    {
        if (key == failing)
            throw new TrainctlException(TrainctlError.AccessDenied, "Denied.", key);
    }

    private Task<UploadCheckpointsReport> UploadAsync(UploadCheckpointsSettings? settings = null) =>
        new UploadCheckpoints(settings ?? Settings, Host, _source, _destination).RunAsync(CancellationToken.None);
}
