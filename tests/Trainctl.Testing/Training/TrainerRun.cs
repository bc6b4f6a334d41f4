using System.Collections.Concurrent;
using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Training;

namespace Trainctl.Testing.Training;

/// <summary>
/// A training in a process of its own, run by the engine. A step may be followed by the next one when enough looks have found its checkpoint: so each is on disk
/// long enough on any machine, and no test waits for a clock.
/// </summary>
public sealed class TrainerRun : IDisposable
{
    /// <summary>A look lists twice, and once more to hold what it found; the next one may begin then, and the third one tells that it has.</summary>
    private const int SeenEnough = 8;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentQueue<string> _warnings = [];

    public TrainerRun() => Directory.CreateDirectory(_folder.Combine("gate"));

    public TemporaryFolder Folder => _folder;

    /// <summary>What the trainer printed so far.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public IReadOnlyCollection<string> Warnings => _warnings;

    /// <summary>Called for each line that the trainer prints.</summary>
    public Action<string>? OnLine { get; set; }

    public string Gate => _folder.Combine("gate");

    /// <summary>What the engine waits by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Settings for a trainer with these options.</summary>
    public RunTrainingSettings Settings(params string[] options) => new()
    {
        Script = Path.Join(AppContext.BaseDirectory, "Trainctl.Trainer.dll"),
        Arguments = ["--out", _folder.Combine("checkpoints/run"), .. options],
        Checkpoints = _folder.Combine("checkpoints"),
        Upload = "s3://destination",
        Interval = TimeSpan.FromMilliseconds(20),
        FlushTimeout = TimeSpan.FromMinutes(2),
    };

    public async Task<TrainingReport> RunAsync(
        RunTrainingSettings settings, IObjectStore destination, TrainingStop? stop = null, CancellationToken cancellationToken = default)
    {
        var host = new EngineHost
        {
            Time = Time,
            WorkingDirectory = _folder.Path,
            Environment = Environment.GetEnvironmentVariable,
            Log = new WarningLog(_warnings),
            ProgramOutput = Print,
            OpenStore = (url, open, host) => url.IsFolder ? new HookedStore(StoreOpener.Open(url, open, host)) { OnListed = Seen } : destination,
        };
        return await new TrainctlEngine(host).RunTrainingAsync(settings, stop, cancellationToken);
    }

    public void Dispose() => _folder.Dispose();

    private void Print(string line)
    {
        _lines.Enqueue(line);
        OnLine?.Invoke(line);
    }

    private void Seen(string key)
    {
        if (key.Split('/') is not ["run", var name, "trainer_state.json"] || _seen.AddOrUpdate(name, 1, static (_, n) => n + 1) != SeenEnough)
            return;
        var step = int.Parse(name["checkpoint-".Length..], CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Join(Gate, step.ToString(CultureInfo.InvariantCulture)), "");
    }

    private sealed class WarningLog(ConcurrentQueue<string> warnings) : ITrainctlLog
    {
        public void Debug(string message)
        {
        }

        public void Info(string message)
        {
        }

        public void Warning(string message) => warnings.Enqueue(message);
    }
}
