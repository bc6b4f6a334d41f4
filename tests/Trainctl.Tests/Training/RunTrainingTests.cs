using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Testing.Training;
using Trainctl.Training;

namespace Trainctl.Tests.Training;

/// <summary>Real child processes and real files; the store is one like S3, in memory.</summary>
public sealed class RunTrainingTests : TrainingFixture
{
    [Test]
    public async Task Twenty_checkpoints_are_published_although_training_keeps_three()
    {
        var report = await _run.RunAsync(_run.Settings("--count", "20", "--keep", "3", "--gate", _run.Gate, "--exit", "7"), _store);

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await PublishedTraining.StepsAsync(_store), Is.EqualTo(Enumerable.Range(1, 20)));
            Assert.That(await PublishedTraining.BestAsync(_store), Is.EqualTo(20));
            Assert.That(await _store.HeadAsync("run/train.log"), Is.Not.Null);
            Assert.That((report.ExitCode, report.End), Is.EqualTo((7, TrainingEnd.Exited)));
            Assert.That(report.Units.Select(static u => u.Result), Is.All.EqualTo(PublishResult.Published));
            Assert.That(_run.Warnings, Is.Empty);
            Assert.That(LeftBehind(), Is.Empty);
        });
    }

    /// <summary>The store answers only when the trainer has said that it ended: whoever waited for the store would wait for ever.</summary>
    [Test]
    public async Task Training_does_not_wait_for_a_store_that_hangs_and_loses_nothing_by_it()
    {
        var hanging = new GatedStore(_store);
        _run.OnLine = line =>
        {
            if (line == "ended")
                hanging.Open();
        };

        var settings = _run.Settings("--count", "20", "--keep", "3", "--gate", _run.Gate) with { MaxHeldCheckpoints = 20 };
        var report = await _run.RunAsync(settings, hanging);

        Assert.That(report.ExitCode, Is.Zero);
        Assert.That(await PublishedTraining.StepsAsync(_store), Is.EqualTo(Enumerable.Range(1, 20)));
    }

    [Test]
    public async Task As_many_deleted_checkpoints_are_held_as_the_settings_say_and_the_newest_of_them()
    {
        var hanging = new GatedStore(_store);
        _run.OnLine = line =>
        {
            if (line == "ended")
                hanging.Open();
        };

        var report = await _run.RunAsync(_run.Settings("--count", "9", "--keep", "2", "--gate", _run.Gate) with { MaxHeldCheckpoints = 3 }, hanging);

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await PublishedTraining.StepsAsync(_store), Is.EqualTo(new[] { 5, 6, 7, 8, 9 }));
            Assert.That(report.Units.Where(static u => u.Result == PublishResult.Failed).Select(static u => u.Path), Has.Member("run/checkpoint-4").And.Exactly(4).Items);
            Assert.That(report.Notes[0], Does.StartWith("4 checkpoints not published: run/checkpoint-1, "));
        });
    }

    [Test]
    public async Task A_store_that_hangs_for_good_is_left_when_the_time_is_over()
    {
        var report = await _run.RunAsync(_run.Settings("--count", "2", "--exit", "4") with { FlushTimeout = TimeSpan.FromMilliseconds(300) }, new GatedStore(_store));

        Assert.That(report.ExitCode, Is.EqualTo(4));
        Assert.That(report.Notes[^1], Does.Contain("trainctl s3 sync").And.Contain("--direction up"));
    }

    [Test]
    public async Task A_killed_training_leaves_whole_checkpoints_and_no_half_one()
    {
        var report = await _run.RunAsync(_run.Settings("--count", "9", "--die-at", "4", "--gate", _run.Gate), _store);

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await PublishedTraining.StepsAsync(_store), Is.EqualTo(new[] { 1, 2, 3 }));
            Assert.That(await _store.HeadAsync("run/checkpoint-4/model.safetensors"), Is.Null);
            Assert.That(report.ExitCode, Is.EqualTo(128 + 9));
            Assert.That(report.Units[^1], Has.Property("Path").EqualTo("run/checkpoint-4").And.Property("Result").EqualTo(PublishResult.LeftOut));
        });
    }

    [Test]
    public async Task A_store_that_fails_half_of_the_time_gets_every_checkpoint_whole()
    {
        for (var seed = 1; seed <= SearchSize.Of(8); seed++)
        {
            using var run = new TrainerRun { Time = HurriedTime.Instance };
            await using var inner = new MemoryStore("s3://destination", MemoryStore.S3Traits);
            var flaky = new FlakyStore(inner, seed);

            var settings = run.Settings("--count", "20", "--keep", "3", "--gate", run.Gate, "--exit", "5") with { MaxHeldCheckpoints = 20, FlushTimeout = TimeSpan.FromHours(4) };
            var report = await run.RunAsync(settings, flaky);

            await Assert.MultipleAsync(async () =>
            {
                Assert.That(flaky.Failures, Is.GreaterThan(20), $"seed {seed}");
                Assert.That(await PublishedTraining.StepsAsync(inner), Is.EqualTo(Enumerable.Range(1, 20)), $"seed {seed}");
                Assert.That(await PublishedTraining.BestAsync(inner), Is.EqualTo(20), $"seed {seed}");
                Assert.That(report.ExitCode, Is.EqualTo(5));
                Assert.That(report.Units.Select(static u => u.Result), Is.All.AnyOf(PublishResult.Published, PublishResult.Unchanged));
            });
        }
    }

    [Test]
    public async Task A_pointer_to_what_is_not_published_stays_behind_and_a_lasting_failure_ends_the_waiting()
    {
        var denying = new HookedStore(_store)
        {
            OnWrite = static key =>
            {
                if (key == "run/checkpoint-2/model.safetensors")
                    throw new TrainctlException(TrainctlError.AccessDenied, "Denied.", key);
            },
        };

        var report = await _run.RunAsync(_run.Settings("--count", "2") with { FlushTimeout = TimeSpan.FromHours(1) }, denying);

        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await PublishedTraining.StepsAsync(_store), Is.EqualTo(new[] { 1 }));
            Assert.That(await PublishedTraining.BestAsync(_store), Is.Null.Or.EqualTo(1));
            Assert.That(report.ExitCode, Is.Zero);
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PublishResult.Published, PublishResult.Failed }));
            Assert.That(report.Unlisted, Is.EqualTo(new[] { "run/checkpoint-2/config.json" }));
            Assert.That(report.Notes, Has.Some.EqualTo("run/trainer_state.json was left out: it names run/checkpoint-2, which was not published."));
        });
    }

    [Test]
    public async Task A_training_that_needs_no_publishing_is_just_run()
    {
        var report = await _run.RunAsync(_run.Settings("--exit", "6") with { Upload = null, Checkpoints = null }, _store);

        Assert.That((report.ExitCode, report.Destination, report.Units), Is.EqualTo((6, (string?)null, Array.Empty<PublishedUnit>())));
        Assert.That(_run.Lines, Is.EqualTo(new[] { "begun", "saved 1", "ended" }));
    }

    private string[] LeftBehind() => [.. Directory.EnumerateFileSystemEntries(_run.Folder.Path).Select(static p => Path.GetFileName(p)!).Where(static n => n.StartsWith('.'))];
}
