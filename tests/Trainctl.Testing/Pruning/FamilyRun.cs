using System.Globalization;
using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Testing.Pruning;

/// <summary>One file of a run.</summary>
/// <param name="Key">Relative to the location.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Step">Whose checkpoint it belongs to; null when it belongs to none.</param>
/// <param name="SavedAt">When the job wrote it.</param>
public sealed record RunFile(string Key, byte[] Content, int? Step, DateTimeOffset SavedAt);

/// <summary>A run of one family in one form: what is there, and which checkpoints are whole.</summary>
public sealed record FamilyRun
{
    private const string Folder = "run";
    private const int Newest = 50;
    private const int Middle = 30;
    private static readonly int[] AllSteps = [10, 20, Middle, 40, Newest];
    private static readonly string[] DataEnds = [".pt", ".pth", ".bin", ".safetensors", ".distcp", ".ckpt", ".pkl", ".dat", ".keras", ".h5", ".zip"];

    public required RunFamily Family { get; init; }

    public required RunForm Form { get; init; }

    /// <summary>All files in the order of writing: checkpoint by checkpoint, and then what is beside them.</summary>
    public required IReadOnlyList<RunFile> Files { get; init; }

    /// <summary>Steps of the whole checkpoints, oldest first.</summary>
    public IReadOnlyList<int> Complete => WholeIn(Form);

    /// <summary>The step of the checkpoint that is not whole; null when all are.</summary>
    public int? Incomplete => Form switch { RunForm.NewestTruncated => Newest, RunForm.MiddleBroken => Middle, _ => null };

    /// <summary>Which checkpoints are whole in a form.</summary>
    public static int[] WholeIn(RunForm form) => form switch
    {
        RunForm.NewestTruncated => [10, 20, 30, 40],
        RunForm.MiddleBroken => [10, 20, 40, 50],
        _ => AllSteps,
    };

    /// <summary>Makes a run whose checkpoints were saved every ten minutes, the newest ten minutes ago.</summary>
    /// <param name="family">Who writes it.</param>
    /// <param name="form">How it was left.</param>
    /// <param name="now">The time that ages are measured by.</param>
    /// <param name="hasMetricsFiles">Whether somebody put metrics files to whole checkpoints of families that record no metric themselves.</param>
    public static FamilyRun Create(RunFamily family, RunForm form, DateTimeOffset now, bool hasMetricsFiles)
    {
        var whole = WholeIn(form);
        var files = new List<RunFile>();
        foreach (var step in AllSteps)
        {
            var checkpoint = family.Checkpoint(Folder, step).ToList();
            if (hasMetricsFiles && family.Metric is null && (form, step) != (RunForm.NewestTruncated, Newest))
                checkpoint.Add(MetricsFile(family, checkpoint, step));
            var left = whole.Contains(step) ? checkpoint : form == RunForm.NewestTruncated ? Killed(checkpoint) : Broken(family, step, checkpoint);
            files.AddRange(left.Select(f => new RunFile(f.Key, f.Content, step, now.AddMinutes(step - 60))));
        }

        (string Key, byte[] Content)[] beside = [.. family.BesideFiles(Folder, whole), ($"{Folder}/train.log", "step 10"u8.ToArray()), ($"{Folder}/shard-00001.tar", new byte[40])];
        files.AddRange(beside.Select(f => new RunFile(f.Key, f.Content, null, now.AddMinutes(-10))));
        return new FamilyRun { Family = family, Form = form, Files = files };
    }

    /// <summary>Key of the manifest that publishing writes for a checkpoint.</summary>
    public string ManifestKey(int step)
    {
        var files = Family.Checkpoint(Folder, step).ToList();
        var path = UnitPath(Family, files, step);
        return path + (IsFolder(files, path) ? "/" : "") + Manifest.FileName;
    }

    public long BytesOf(params IEnumerable<int> steps) => Files.Where(f => f.Step is { } step && steps.Contains(step)).Sum(static f => f.Content.LongLength);

    /// <summary>Writes it into a folder, with its times.</summary>
    public void WriteTo(TemporaryFolder folder, string name)
    {
        foreach (var parent in Files.Select(static f => Path.GetDirectoryName(f.Key)!).Distinct())
            Directory.CreateDirectory(folder.Combine($"{name}/{parent}"));
        foreach (var file in Files)
        {
            var path = folder.Combine($"{name}/{file.Key}");
            File.WriteAllBytes(path, file.Content);
            File.SetLastWriteTimeUtc(path, file.SavedAt.UtcDateTime);
        }
    }

    private static (string Key, byte[] Content) MetricsFile(RunFamily family, List<(string Key, byte[] Content)> checkpoint, int step)
    {
        var path = UnitPath(family, checkpoint, step);
        var content = string.Create(CultureInfo.InvariantCulture, $$"""{"loss": {{Losses.At(step)}}}""");
        return (path + (IsFolder(checkpoint, path) ? "/metrics.json" : ".metrics.json"), Encoding.UTF8.GetBytes(content));
    }

    private static string UnitPath(RunFamily family, List<(string Key, byte[] Content)> checkpoint, int step) =>
        family.UnitName is { } name ? $"{Folder}/{name(step)}" : checkpoint.Single().Key;

    private static bool IsFolder(List<(string Key, byte[] Content)> checkpoint, string path) =>
        checkpoint.TrueForAll(f => f.Key.StartsWith(path + "/", StringComparison.Ordinal));

    private static IEnumerable<(string Key, byte[] Content)> Killed(List<(string Key, byte[] Content)> checkpoint)
    {
        var last = checkpoint.FindLastIndex(static f => IsData(f.Key));
        return [.. checkpoint[..last], (checkpoint[last].Key, checkpoint[last].Content.Cut())];
    }

    private static IEnumerable<(string Key, byte[] Content)> Broken(RunFamily family, int step, List<(string Key, byte[] Content)> checkpoint)
    {
        var key = family.Checkpoint(Folder, step).Last(f => family.Needs is null || f.Key.EndsWith(family.Needs, StringComparison.Ordinal)).Key;
        var isCut = family.IsBrokenByCutting || family.UnitName is null;
        return isCut ? checkpoint.Select(f => f.Key == key ? (key, f.Content.Cut()) : f) : checkpoint.Where(f => f.Key != key);
    }

    private static bool IsData(string key) =>
        Array.Exists(DataEnds, end => key.EndsWith(end, StringComparison.Ordinal)) || key.Contains(".data-", StringComparison.Ordinal) || key.Contains("/d/", StringComparison.Ordinal);
}
