using Trainctl.Checkpoints;

namespace Trainctl.Testing.Pruning;

/// <summary>One form in which some framework or script writes runs, for the tests of pruning that hold for all of them on any store.</summary>
/// <param name="Name">Short name for test reports.</param>
/// <param name="Layout">Name of the layout that must recognise it.</param>
/// <param name="Files">Keys and contents of a run in a folder after checkpoints at such steps, in the order of writing; pointers lead to the last step.</param>
public sealed record RunFamily(string Name, string Layout, Func<string, int[], IEnumerable<(string Key, byte[] Content)>> Files)
{
    /// <summary>Ends of the names of what lies directly in the run's folder and belongs to no checkpoint.</summary>
    public IReadOnlyList<string> Beside { get; init; } = [];

    /// <summary>Name of the checkpoint of a step: its folder, or what its files are called together. Null: its only file's name.</summary>
    public Func<int, string>? UnitName { get; init; }

    /// <summary>End of the key of a file without which a checkpoint is not whole. Null: the one that is written last.</summary>
    public string? Needs { get; init; }

    /// <summary>Whether no missing file alone tells that a checkpoint is not whole, so that <see cref="Needs"/> is cut short instead.</summary>
    public bool IsBrokenByCutting { get; init; }

    /// <summary>Whether its checkpoints have an epoch and no step.</summary>
    public bool HasNoSteps { get; init; }

    /// <summary>Whether its checkpoints have no number at all, so that only times tell which one is newer.</summary>
    public bool HasNoNumbers { get; init; }

    /// <summary>The metric that the framework itself records. Null: none, so that a metrics file brings one, <c>loss</c>.</summary>
    public string? Metric { get; init; }

    /// <summary>The best whole checkpoint by the framework's own metric. Null: as <see cref="Frameworks.Losses.At"/> has it.</summary>
    public Func<RunForm, int>? Best { get; init; }

    /// <summary>Steps that something in the run names, so that they stay whatever the policy is.</summary>
    public Func<RunForm, int[]> Named { get; init; } = static _ => [];

    /// <summary>What the user must say about it; null when it is found without.</summary>
    public CheckpointPattern? Pattern { get; init; }

    public override string ToString() => Name;

    /// <summary>The checkpoint of a step, in the order of writing.</summary>
    public IEnumerable<(string Key, byte[] Content)> Checkpoint(string folder, int step) => Files(folder, [step]).Where(f => !IsBeside(folder, f.Key));

    /// <summary>What lies beside whole checkpoints at such steps.</summary>
    public IEnumerable<(string Key, byte[] Content)> BesideFiles(string folder, int[] steps) => Files(folder, steps).Where(f => IsBeside(folder, f.Key));

    private bool IsBeside(string folder, string key)
    {
        var name = key[(folder.Length + 1)..];
        return !name.Contains('/', StringComparison.Ordinal) && Beside.Any(end => name.EndsWith(end, StringComparison.Ordinal));
    }
}
