using Trainctl.Diagnostics;
using Trainctl.Testing;
using Trainctl.Watching;
using static Trainctl.Tests.Watching.WatchScene;

namespace Trainctl.Tests.Watching;

/// <summary>The same on a folder.</summary>
public sealed class WatchFolderTests
{
    private readonly ScriptedTime _time = new();
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Files_that_come_change_and_go_are_reported()
    {
        _folder.Write("runs/a", "one");
        _folder.Write("runs/b", "one");

        var events = await WatchAsync(
            new() { Location = "runs" },
            () => _folder.Write("runs/digits/\U0001F600.pt", "new"),
            () =>
            {
                File.WriteAllText(_folder.Combine("runs/a"), "two");
                File.SetLastWriteTimeUtc(_folder.Combine("runs/a"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            },
            () => File.Delete(_folder.Combine("runs/b")));

        Assert.That(Summary(events), Is.EqualTo(new[] { "created digits/\U0001F600.pt", "changed a", "deleted b" }));
        Assert.That(events[0].Url, Is.EqualTo(_folder.Combine("runs/digits/\U0001F600.pt")));
    }

    [Test]
    public async Task A_checkpoint_is_reported_when_it_is_whole()
    {
        HuggingFaceRun.Write(_folder, "runs", 1);

        var events = await WatchAsync(
            new() { Location = "runs", CompleteOnly = true },
            () =>
            {
                HuggingFaceRun.Write(_folder, "runs", 2);
                HuggingFaceRun.Truncate(_folder, "runs", 2);
            },
            () => HuggingFaceRun.Write(_folder, "runs", 2),
            () => Directory.Delete(_folder.Combine("runs/checkpoint-1"), recursive: true));

        Assert.That(Summary(events), Is.EqualTo(new[] { "created checkpoint-2", "deleted checkpoint-1" }));
    }

    [Test]
    public async Task A_folder_that_is_not_there_is_an_error()
    {
        var failure = await Assert.ThrowsAsync<TrainctlException>(() => WatchAsync(new() { Location = "nothing" }));

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreNotFound));
    }

    [Test]
    public async Task A_folder_that_vanishes_deletes_nothing_and_is_watched_again_when_it_is_back()
    {
        _folder.Write("runs/a", "one");

        var events = await WatchAsync(
            new() { Location = "runs" },
            () => Directory.Move(_folder.Combine("runs"), _folder.Combine("away")),
            () =>
            {
                Directory.Move(_folder.Combine("away"), _folder.Combine("runs"));
                _folder.Write("runs/b", "two");
            });

        Assert.That(Summary(events), Is.EqualTo(new[] { "problem", "created b" }));
        Assert.That(events[0].ErrorCode, Is.EqualTo("TRAINCTL1001"));
    }

    private async Task<List<WatchEvent>> WatchAsync(WatchSettings settings, params Action[] steps)
    {
        using var stop = new CancellationTokenSource();
        var next = 0;
        _time.OnWait = () =>
        {
            if (next == steps.Length)
                return stop.CancelAsync();
            steps[next++]();
            return Task.CompletedTask;
        };
        return await new TrainctlEngine(TestHost.For(_folder) with { Time = _time }).WatchAsync(settings, stop.Token).ToListAsync();
    }
}
