using System.Globalization;
using System.Text;

namespace Trainctl.Testing.Frameworks;

/// <summary>Writes what Ray Train writes: the user's files in a folder, and then the list of all that count.</summary>
public static class RayTrainRun
{
    public static IEnumerable<(string Key, byte[] Content)> Checkpoint(string path) =>
        [($"{path}/model.pt", ModelFile.Zip()), ($"{path}/notes.txt", "whatever the user likes"u8.ToArray())];

    /// <summary>The list, ordered by score as Ray does; the last one named is the latest.</summary>
    public static (string Key, byte[] Content) Snapshot(string folder, params IReadOnlyList<(string Name, double Loss)> checkpoints)
    {
        var entries = checkpoints.Select(static c => string.Create(
            CultureInfo.InvariantCulture, $$$"""{"version":0,"checkpoint_dir_name":"{{{c.Name}}}","metrics":{"loss":{{{c.Loss}}},"note":"x"}}""")).ToArray();
        var latest = entries.Length == 0 ? "null" : entries[^1];
        return ($"{folder}/checkpoint_manager_snapshot.json", Encoding.UTF8.GetBytes($$"""{"version":0,"checkpoint_results":[{{string.Join(',', entries)}}],"latest_checkpoint_result":{{latest}}}"""));
    }

    /// <summary>A run that numbers its checkpoints, with its list.</summary>
    public static IEnumerable<(string Key, byte[] Content)> Files(string folder, params int[] steps) => Files(folder, "checkpoint_{0:D6}", steps);

    /// <summary>A run that names its checkpoints by the time, as Ray does by default, with its list; the steps are minutes.</summary>
    public static IEnumerable<(string Key, byte[] Content)> FilesByTime(string folder, params int[] steps) => Files(folder, "checkpoint_2025-01-01_10-{0}-00.000001", steps);

    private static IEnumerable<(string Key, byte[] Content)> Files(string folder, string format, int[] steps)
    {
        var names = steps.Select(step => (Name: string.Format(CultureInfo.InvariantCulture, format, step), Loss: Losses.At(step))).ToArray();
        return [.. names.SelectMany(c => Checkpoint($"{folder}/{c.Name}")), Snapshot(folder, names)];
    }
}
