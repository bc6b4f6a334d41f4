using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Watching;

namespace Trainctl.Tests.Watching;

/// <summary>A bucket in memory, a clock that follows a script, and a folder for state files.</summary>
internal sealed class WatchScene : IDisposable
{
    public WatchScene()
    {
        Inner = new MemoryStore("s3://lab/runs", MemoryStore.S3Traits, Time);
        Store = new HookedStore(Inner);
    }

    public ScriptedTime Time { get; } = new();

    public TemporaryFolder Folder { get; } = new();

    public MemoryStore Inner { get; }

    public HookedStore Store { get; }

    public WatchSettings Settings { get; init; } = new() { Location = "s3://lab/runs" };

    /// <summary>With a state file.</summary>
    public WatchSettings Remembering => Settings with { StateFile = "watch.json" };

    /// <summary>Watches, taking one step between each two looks, and stops after the look that follows the last.</summary>
    public async Task<List<WatchEvent>> WatchAsync(WatchSettings settings, params Func<Task>[] steps)
    {
        using var stop = new CancellationTokenSource();
        var next = 0;
        Time.OnWait = () => next < steps.Length ? steps[next++]() : stop.CancelAsync();
        var events = new List<WatchEvent>();
        await foreach (var seen in Engine().WatchAsync(settings, stop.Token))
            events.Add(seen);
        return events;
    }

    /// <summary>One look.</summary>
    public Task<List<WatchEvent>> LookAsync(WatchSettings settings) => WatchAsync(settings with { Once = true });

    public TrainctlEngine Engine(ITrainctlLog? log = null) => new(TestHost.For(Folder) with
    {
        Time = Time,
        OpenStore = (_, _, _) => Store,
        Log = log ?? SilentLog.Instance,
    });

    public Task PutAsync(string key, string content = "content") =>
        Inner.PutAsync(key, System.Text.Encoding.UTF8.GetBytes(content), new PutOptions());

    public Task DeleteAsync(params string[] keys) => Inner.DeleteAsync([.. keys.Select(static k => new DeleteRequest(k))]);

    /// <summary>A checkpoint of Hugging Face's Trainer, all of it or some of its files.</summary>
    public async Task PutCheckpointAsync(string path, params IReadOnlyList<string> files)
    {
        if (files.Count == 0)
            files = ["config.json", "model.safetensors", "trainer_state.json"];
        foreach (var file in files)
        {
            var content = file switch
            {
                "model.safetensors" => ModelFile.Safetensors(),
                "trainer_state.json" => "{\"global_step\":100,\"log_history\":[{\"step\":100,\"eval_loss\":0.25}]}"u8.ToArray(),
                _ => "{}"u8.ToArray(),
            };
            await Inner.PutAsync($"{path}/{file}", content, new PutOptions());
        }
    }

    public static IEnumerable<string> Summary(IEnumerable<WatchEvent> events) =>
        events.Select(static e => $"{WatchEventText.Line(e).Split("  ")[1]} {e.Key}".TrimEnd());

    public void Dispose() => Folder.Dispose();
}
