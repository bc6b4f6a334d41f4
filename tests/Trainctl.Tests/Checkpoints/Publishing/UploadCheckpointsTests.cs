using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints.Publishing;

/// <summary>What goes to the destination, in which order, and what is said of it.</summary>
public sealed class UploadCheckpointsTests : PublishingFixture
{
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
}
