using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Training;
using Trainctl.Tests.Watching;
using Trainctl.Training;
using Trainctl.Training.Publishing;

namespace Trainctl.Tests.Training;

/// <summary>What happens when training has ended; nothing has been looked at before.</summary>
public sealed class FinalFlushTests
{
    private TemporaryFolder _folder = null!;
    private HookedStore _destination = null!;
    private ListLog _log = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _log = new ListLog();
        _destination = new HookedStore(new MemoryStore("s3://destination", MemoryStore.S3Traits));
        HuggingFaceRun.Write(_folder, "checkpoints/run", 1);
        _folder.Write("checkpoints/run/trainer_state.json", """{"global_step":1,"best_global_step":1}""");
        _folder.Write("checkpoints/run/train.log", "ended");
        _folder.Write("checkpoints/run/model.safetensors.tmp", "half");
    }

    [TearDown]
    public async Task TearDown()
    {
        await _destination.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Checkpoints_go_first_then_other_files_then_pointers()
    {
        var result = await FinishAsync(_destination, static _ => { });

        Assert.That(result.Units.Single().Result, Is.EqualTo(PublishResult.Published));
        Assert.That(result.Notes, Is.Empty);
        Assert.That(_destination.Writes.TakeLast(4), Is.EqualTo(new[]
        {
            "run/checkpoint-1/trainer_state.json", "run/checkpoint-1/.trainctl-manifest.json", "run/train.log", "run/trainer_state.json",
        }));
        Assert.That(_destination.Writes, Has.None.EndsWith(".tmp"));
    }

    [Test]
    public async Task Whoever_does_not_want_to_wait_is_told_what_is_missing()
    {
        var result = await FinishAsync(new GatedStore(_destination), static publishing => publishing.CutShort());

        Assert.That((result.Units.Single().Path, result.Units.Single().Result), Is.EqualTo(("run/checkpoint-1", PublishResult.Failed))
            .Or.EqualTo(("run/checkpoint-1", PublishResult.LeftOut)));
        Assert.That(result.Notes, Has.Some.EqualTo("1 checkpoint not published: run/checkpoint-1."));
    }

    [Test]
    public async Task A_long_interval_does_not_keep_the_last_checkpoint_from_being_published()
    {
        var result = await FinishAsync(_destination, static _ => { }, interval: TimeSpan.FromHours(1)).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.That(result.Units.Single().Result, Is.EqualTo(PublishResult.Published));
    }

    /// <summary>An upload that was begun is removed at the store, which takes a moment.</summary>
    [Test]
    public async Task What_is_cut_short_may_clean_up_before_the_end()
    {
        var hasCleanedUp = false;
        LivePublishing? running = null;
        _destination.OnWrite = _ =>
        {
            running!.CutShort();
            Thread.Sleep(300);
            hasCleanedUp = true;
        };

        await FinishAsync(_destination, publishing => running = publishing);

        Assert.That(hasCleanedUp, Is.True);
    }

    [Test]
    public async Task A_folder_that_was_never_made_is_told()
    {
        Directory.Delete(_folder.Combine("checkpoints"), recursive: true);

        var result = await FinishAsync(_destination, static _ => { });

        Assert.That(result.Units, Is.Empty);
        Assert.That(result.Notes.Single(), Does.Contain("was not there, so there was nothing to publish"));
    }

    /// <summary>Files outside of checkpoints go when training has ended, so what it removes before is not waited for.</summary>
    [Test]
    public async Task Nobody_waits_for_a_folder_that_training_has_removed()
    {
        var checkpoints = _folder.Combine("checkpoints");

        var result = await FinishAsync(
            _destination,
            static _ => { },
            before: async publishing =>
            {
                publishing.Begin();
                await Until(() => !Directory.Exists(checkpoints));
            },
            // Between two looks, so that none sees half of it.
            source: source => source.OnListing = () =>
            {
                if (Directory.Exists(checkpoints) && _destination.Writes.Contains("run/trainer_state.json"))
                    Directory.Delete(checkpoints, recursive: true);
            }).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(result.Units.Single().Result, Is.EqualTo(PublishResult.Published));
        Assert.That(result.Notes.Single(), Does.EndWith("checkpoints' was gone when training had ended, and with it 1 file outside of checkpoints, which are published at the end."));
    }

    [Test]
    public async Task A_file_outside_of_checkpoints_that_goes_after_the_last_look_is_gone_and_no_failure()
    {
        _destination.OnWrite = key =>
        {
            if (key.EndsWith(Manifest.FileName, StringComparison.Ordinal))
                File.Delete(_folder.Combine("checkpoints/run/train.log"));
        };

        var result = await FinishAsync(_destination, static _ => { }).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That((result.Notes, result.Objects.Where(static o => o.Error is not null)), Is.EqualTo((Array.Empty<string>(), Array.Empty<ObjectOutcome>())));
        Assert.That(_destination.Writes, Has.Member("run/trainer_state.json").And.No.Member("run/train.log"));
    }

    /// <summary>As a disk or a network file system that stumbles when training has just ended.</summary>
    [TestCase("checkpoint")]
    [TestCase("folder")]
    [TestCase("root")]
    public async Task What_could_not_be_read_at_first_is_read_again_and_published(string what)
    {
        var failures = 4;

        var result = await FinishAsync(_destination, static _ => { }, source: source => Break(source, what, () => failures-- > 0)).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(failures, Is.Negative);
        Assert.That((result.Units.Single().Result, result.Notes), Is.EqualTo((PublishResult.Published, Array.Empty<string>())));
    }

    [TestCase("checkpoint", "1 checkpoint not published: run/checkpoint-1.")]
    [TestCase("folder", "1 object or folder could not be listed, so what is there was not published. The first: It is broken.")]
    [TestCase("root", "'{0}' could not be looked at when training had ended: It is broken.")]
    public async Task What_can_never_be_read_is_told_loudly_and_nobody_waits_for_it(string what, string note)
    {
        var result = await FinishAsync(_destination, static _ => { }, source: source => Break(source, what, static () => true, TrainctlError.AccessDenied))
            .WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That(result.Notes, Has.Some.EqualTo(note.Replace("{0}", ObjectUrl.Parse(_folder.Combine("checkpoints")).ToString(), StringComparison.Ordinal)));
        Assert.That(result.Notes[^1], Does.StartWith("Publish what is still in the folder with UploadCheckpoints"));
        if (what == "checkpoint")
            Assert.That(result.Units.Single().Result, Is.EqualTo(PublishResult.Failed));
    }

    [Test]
    public async Task A_destination_that_cannot_be_listed_is_why_a_checkpoint_is_not_published()
    {
        _destination.OnListing = static () => throw new TrainctlException(TrainctlError.StoreNotFound, "There is no such bucket.");

        var result = await FinishAsync(_destination, static _ => { }).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.That((result.Units.Single().Result, result.Units.Single().Why), Is.EqualTo((PublishResult.Failed, "the destination could not be listed: There is no such bucket.")));
        Assert.That(_log.Warnings.Single(), Is.EqualTo("Listing 's3://destination/' failed: There is no such bucket."));
    }

    private static void Break(HookedStore source, string what, Func<bool> isBroken, TrainctlError error = TrainctlError.ReadFailed)
    {
        var failure = new TrainctlException(error, "It is broken.", what);
        if (what == "checkpoint")
            source.OnRead = key => _ = key.EndsWith("checkpoint-1/trainer_state.json", StringComparison.Ordinal) && isBroken() ? throw failure : 0;
        else if (what == "folder")
            source.OnListing = () => source.Problem = isBroken() ? new ListingProblem("run/other", ListingProblemKind.UnreadableFolder, "It is broken.") { Error = error } : null;
        else
            source.OnListing = () => _ = isBroken() ? throw failure : 0;
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var waited = 0; !condition() && waited < 2000; waited++)
            await Task.Delay(10);
    }

    private async Task<PublishingResult> FinishAsync(
        IObjectStore destination, Action<LivePublishing> meanwhile, TimeSpan? interval = null, Func<LivePublishing, Task>? before = null, Action<HookedStore>? source = null)
    {
        var settings = new RunTrainingSettings
        {
            Script = "train.py",
            Checkpoints = _folder.Combine("checkpoints"),
            Upload = "s3://destination",
            Interval = interval ?? TimeSpan.FromMilliseconds(10),
            FlushTimeout = TimeSpan.FromDays(1),
        };
        await using var folder = new FolderStore(settings.Checkpoints!);
        var hooked = new HookedStore(folder);
        source?.Invoke(hooked);
        using var publishing = new LivePublishing(settings, TestHost.For(_folder) with { Log = _log }, (hooked, destination), CancellationToken.None);
        if (before is not null)
            await before(publishing);
        var finishing = publishing.FinishAsync(CancellationToken.None);
        meanwhile(publishing);
        return await finishing;
    }
}
