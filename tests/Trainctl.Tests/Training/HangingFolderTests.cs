using Trainctl.Checkpoints;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Training;
using Trainctl.Training.Publishing;

namespace Trainctl.Tests.Training;

/// <summary>A folder whose file system does not answer any more, as when the server of a network drive is gone: whoever asks is not even told so.</summary>
public sealed class HangingFolderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private TemporaryFolder _folder = null!;
    private ManualResetEventSlim _answers = null!;
    private HookedStore _source = null!;
    private HookedStore _destination = null!;
    private int _hanging;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _answers = new ManualResetEventSlim(initialState: true);
        _hanging = 0;
        _source = new HookedStore(new FolderStore(_folder.Combine("checkpoints"))) { OnListed = _ => List() };
        _destination = new HookedStore(new MemoryStore("s3://destination", MemoryStore.S3Traits));
        HuggingFaceRun.Write(_folder, "checkpoints/run", 1);
    }

    [TearDown]
    public async Task TearDown()
    {
        _answers.Set();
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
        await UntilAsync(() => Held.Length == 0);
        _answers.Dispose();
        _folder.Dispose();
    }

    private string[] Held => Directory.GetDirectories(_folder.Path, ".trainctl-*");

    [Test]
    public async Task The_end_of_a_training_is_told_although_its_first_look_hangs()
    {
        _answers.Reset();
        var publishing = Publishing();
        publishing.Begin();
        await UntilAsync(() => _hanging > 0);

        var result = await EndAsync(publishing);

        Assert.That(result.Notes, Has.Some.Contain("did not answer").And.None.Contain("was not there"));
        Assert.That(_hanging, Is.EqualTo(1), "nobody looks beside a look that hangs");
    }

    [Test]
    public async Task The_end_of_a_training_is_told_although_a_look_hangs_and_what_it_held_goes_when_the_folder_answers_again()
    {
        var publishing = await HangingAfterPublishingAsync();

        var result = await EndAsync(publishing);
        var (hanging, held) = (_hanging, Held.Length);
        _answers.Set();

        Assert.That(result.Units.Single().Result, Is.EqualTo(PublishResult.Published));
        Assert.That(result.Notes, Has.Some.Contain("did not answer"));
        Assert.That((hanging, held), Is.EqualTo((1, 1)));
        await UntilAsync(() => Held.Length == 0);
    }

    [Test]
    public async Task The_end_of_a_training_is_told_although_the_last_look_hangs()
    {
        _answers.Reset();

        var result = await EndAsync(Publishing());

        Assert.That(result.Notes, Has.Some.Contain("did not answer").And.None.Contain("was not there"));
        Assert.That(_hanging, Is.EqualTo(1));
    }

    /// <summary>Training may have made it since somebody looked.</summary>
    [Test]
    public async Task A_folder_that_was_not_there_once_and_hangs_is_not_said_to_be_missing()
    {
        Directory.Move(_folder.Combine("checkpoints"), _folder.Combine("later"));
        var looks = 0;
        _source.OnListing = () =>
        {
            Interlocked.Increment(ref looks);
            List();
        };
        var publishing = Publishing();
        publishing.Begin();
        await UntilAsync(() => Volatile.Read(ref looks) > 1);
        _answers.Reset();
        await UntilAsync(() => _hanging > 0);

        var result = await EndAsync(publishing);

        Assert.That(result.Notes, Has.Some.Contain("did not answer").And.None.Contain("was not there"));
    }

    private void List()
    {
        if (!_answers.IsSet)
            Interlocked.Increment(ref _hanging);
        _answers.Wait();
    }

    private async Task<LivePublishing> HangingAfterPublishingAsync()
    {
        var publishing = Publishing();
        publishing.Begin();
        await UntilAsync(() => _destination.Writes.Any(static key => key.EndsWith(Manifest.FileName, StringComparison.Ordinal)));
        _answers.Reset();
        await UntilAsync(() => _hanging > 0);
        return publishing;
    }

    private LivePublishing Publishing()
    {
        var settings = new RunTrainingSettings
        {
            Script = "train.py",
            Checkpoints = _folder.Combine("checkpoints"),
            Upload = "s3://destination",
            Interval = TimeSpan.FromMilliseconds(10),
            FlushTimeout = TimeSpan.FromMilliseconds(100),
        };
        return new LivePublishing(settings, TestHost.For(_folder), (_source, _destination), CancellationToken.None);
    }

    /// <summary>On another thread, as one that hangs would be lost.</summary>
    private static Task<PublishingResult> EndAsync(LivePublishing publishing) => Task.Run(async () =>
    {
        using (publishing)
            return await publishing.FinishAsync(CancellationToken.None);
    }).WaitAsync(Patience);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
            await Task.Delay(10, patience.Token);
    }
}
