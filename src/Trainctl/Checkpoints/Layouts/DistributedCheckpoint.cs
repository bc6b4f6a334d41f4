using System.Text.RegularExpressions;
using Trainctl.Checkpoints.Formats;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// A folder that <c>torch.distributed.checkpoint</c> wrote (pytorch/pytorch: torch/distributed/checkpoint/filesystem.py): files
/// <c>__RANK_NUMBER.distcp</c>, each a row of <c>torch.save</c> zips, and <c>.metadata</c>, a pickle that is renamed into place last and tells for each
/// tensor in which file and where it is. A rank that saves by itself writes <c>__RANK.metadata</c>.
/// </summary>
internal static partial class DistributedCheckpoint
{
    public const string MetadataName = ".metadata";

    public static bool IsData(string name) => DataName().IsMatch(name);

    public static bool IsMetadata(string name) => MetadataFile().IsMatch(name);

    public static bool IsIn(CatalogFolder folder) => folder.Files.Exists(static f => IsData(f.Name));

    /// <summary>What makes readers believe in it.</summary>
    public static IEnumerable<StoredObject> Metadata(CatalogFolder folder) => folder.Files.Where(static f => IsMetadata(f.Name)).Select(static f => f.Object);

    /// <summary>
    /// What is missing or broken among the objects of one folder; null when nothing is. A copy that is under way may have the metadata and none of the data;
    /// metadata without data that is no pickle is somebody else's.
    /// </summary>
    public static async Task<string?> ProblemAsync(IEnumerable<StoredObject> folder, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var files = folder.ToDictionary(UnitInspector.NameOf, StringComparer.Ordinal);
        var metadata = files.Values.Where(static o => IsMetadata(UnitInspector.NameOf(o))).ToArray();
        if (metadata.Length == 0)
            return $"{MetadataName}, which is written last, is missing";
        var needed = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var found in metadata)
        {
            var content = await inspector.ReadTextAsync(found, cancellationToken).ConfigureAwait(false);
            if (content is not null && PickleReader.Objects(content) is { } objects)
                AddLengths(needed, objects);
            else if (files.Keys.Any(IsData))
                return $"{UnitInspector.NameOf(found)} cannot be parsed";
        }

        foreach (var (name, length) in needed)
        {
            if (!files.TryGetValue(name, out var file))
                return $"{name} is missing, and {MetadataName} lists it";
            if (file.Size < length)
                return $"{name} has {file.Size} bytes and needs {length}";
        }

        var ranks = files.Keys.Where(IsData).Select(static name => RankedName.Parse(name[..name.LastIndexOf('_')])).ToArray();
        return needed.Count == 0 && RankGrid.Missing(ranks) is { } hole ? $"{hole}_*.distcp is missing, and other ranks have theirs" : null;
    }

    /// <summary>How long each file must be at least, so that all that the metadata says is in it.</summary>
    private static void AddLengths(SortedDictionary<string, long> lengths, IReadOnlyList<PickleObject> objects)
    {
        foreach (var state in objects.Where(static o => o.Type == "_StorageInfo").Select(static o => o.State!))
        {
            if (state.GetValueOrDefault("relative_path") is string file
                && state.GetValueOrDefault("offset") is long and >= 0 and var offset && state.GetValueOrDefault("length") is long and >= 0 and var length)
            {
                lengths[file] = Math.Max(lengths.GetValueOrDefault(file), length > long.MaxValue - offset ? long.MaxValue : offset + length);
            }
        }
    }

    [GeneratedRegex(@"^__\d{1,9}_\d{1,9}\.distcp$", RegexOptions.CultureInvariant)]
    private static partial Regex DataName();

    [GeneratedRegex(@"^(__\d{1,9})?\.metadata$", RegexOptions.CultureInvariant)]
    private static partial Regex MetadataFile();
}
