namespace Trainctl.Checkpoints;

/// <summary>Pins: somebody's word that a checkpoint stays.</summary>
internal static class UnitPins
{
    /// <summary>Name inside a folder, and the end of the name beside a file.</summary>
    public const string FileName = ".trainctl-keep";

    /// <summary>Whether a key is that of a pin. A pin may come and go at any time, so it is no part of what makes a checkpoint whole, nor of its time.</summary>
    public static bool IsPinKey(string key) => key.EndsWith(FileName, StringComparison.Ordinal);

    /// <summary>Where a pin of a checkpoint that is a file, or files side by side, may stand: beside its name, with the extension or without.</summary>
    /// <param name="path">Of the checkpoint.</param>
    /// <param name="isOneFile">Whether the path is that of a file, and not only how the names of several begin.</param>
    public static IEnumerable<string> KeysBeside(string path, bool isOneFile) => UnitSidecars.NamesOf(path, isOneFile).Select(static name => name + FileName);

    /// <summary>The runs with pins that were found in another way than by a file, such as tags of objects. A pin that is there already stays.</summary>
    /// <param name="runs">As the catalog read them.</param>
    /// <param name="pins">Why it stays, by path of the checkpoint.</param>
    public static IReadOnlyList<CheckpointRun> Add(IReadOnlyList<CheckpointRun> runs, IReadOnlyDictionary<string, string> pins) =>
    [
        .. runs.Select(run => run with
        {
            Units = [.. run.Units.Select(u => u.Pin is null && pins.TryGetValue(u.Path, out var reason) ? u with { Pin = reason } : u)],
        }),
    ];
}
