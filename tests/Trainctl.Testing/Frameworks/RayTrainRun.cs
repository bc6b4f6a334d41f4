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
}
