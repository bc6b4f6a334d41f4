using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Training;
using Trainctl.Training;
using Trainctl.Training.Publishing;

namespace Trainctl.Tests.Training;

/// <summary>What happens when training has ended; nothing has been looked at before.</summary>
public sealed class FinalFlushTests
{
    private TemporaryFolder _folder = null!;
    private HookedStore _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
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

    private async Task<PublishingResult> FinishAsync(IObjectStore destination, Action<LivePublishing> meanwhile, TimeSpan? interval = null)
    {
        var settings = new RunTrainingSettings
        {
            Script = "train.py",
            Checkpoints = _folder.Combine("checkpoints"),
            Upload = "s3://destination",
            Interval = interval ?? TimeSpan.FromMilliseconds(10),
            FlushTimeout = TimeSpan.FromDays(1),
        };
        await using var source = new FolderStore(settings.Checkpoints!);
        using var publishing = new LivePublishing(settings, TestHost.For(_folder), (source, destination), CancellationToken.None);
        var finishing = publishing.FinishAsync(CancellationToken.None);
        meanwhile(publishing);
        return await finishing;
    }
}
