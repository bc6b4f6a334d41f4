using System.Globalization;

namespace Trainctl.Trainer;

/// <summary>What the trainer is told to do, as <c>--name value</c> pairs.</summary>
internal sealed class TrainerOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public TrainerOptions(string[] arguments)
    {
        for (var i = 0; i + 1 < arguments.Length; i += 2)
            _values[arguments[i]] = arguments[i + 1];
    }

    /// <summary>The run's folder.</summary>
    public string Out => Text("--out") ?? throw new ArgumentException("--out is missing.");

    /// <summary>How many checkpoints.</summary>
    public int Count => Number("--count", 1);

    /// <summary>How many of the last stay; 0: all.</summary>
    public int Keep => Number("--keep", 0);

    /// <summary>A folder in which a file with the step's number must appear before training goes on; null: training waits for nobody.</summary>
    public string? Gate => Text("--gate");

    /// <summary>The step at which it dies in the middle of writing; 0: it does not.</summary>
    public int DieAt => Number("--die-at", 0);

    /// <summary>How it ends.</summary>
    public int ExitCode => Number("--exit", 0);

    /// <summary>The exit code after SIGTERM, for which one more checkpoint is saved; -1: the signal is ignored; null: it ends the process as the system does.</summary>
    public int? OnTerminate => Text("--on-term") is null ? null : Number("--on-term", 0);

    /// <summary>Whether it waits for a signal when all is written.</summary>
    public bool WaitsForSignal => Text("--wait") is not null;

    private string? Text(string name) => _values.GetValueOrDefault(name);

    private int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
