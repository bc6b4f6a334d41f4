using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Training;
using Trainctl.Training.Publishing;

namespace Trainctl.Tests.Training;

public sealed class ClockSetBackTests
{
    /// <summary>As on a machine that finds out what time it is while it trains.</summary>
    [Test]
    public async Task What_failed_is_tried_again_after_its_delay_although_the_clock_was_set_back_an_hour([Values] bool isCheckpoint)
    {
        using var folder = new TemporaryFolder();
        HuggingFaceRun.Write(folder, "checkpoints/run", 1);
        if (!isCheckpoint)
            folder.Write("checkpoints/run/trainer_state.json", """{"global_step":1,"best_global_step":1}""");
        var time = new SetClock();
        var wanted = isCheckpoint ? $"run/checkpoint-1/{Manifest.FileName}" : "run/trainer_state.json";
        var settings = new RunTrainingSettings
        {
            Script = "train.py", Checkpoints = folder.Combine("checkpoints"), Upload = "s3://destination", Interval = TimeSpan.FromSeconds(1),
        };
        await using var source = new FolderStore(settings.Checkpoints!);
        await using var destination = new HookedStore(new MemoryStore("s3://destination", MemoryStore.S3Traits));
        var attempts = 0;
        var settingBack = Task.CompletedTask;
        var isThere = new TaskCompletionSource();
        destination.OnWrite = key =>
        {
            if (key != wanted)
                return;
            if (attempts++ > 0)
            {
                isThere.TrySetResult();
                return;
            }

            // When it is known already until when is waited.
            settingBack = Task.Delay(100).ContinueWith(_ => time.Set(TimeSpan.FromHours(-1)), TaskScheduler.Default);
            throw new TrainctlException(TrainctlError.AccessDenied, "Denied.", key);
        };
        using var publishing = new LivePublishing(settings, TestHost.For(folder) with { Time = time }, (source, destination), CancellationToken.None);

        publishing.Begin();

        await isThere.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await settingBack;
    }
}
