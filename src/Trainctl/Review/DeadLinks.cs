using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Storage;

namespace Trainctl.Review;

/// <summary>
/// Symbolic links that lead nowhere and would name a checkpoint if they did not. A listing shows none of them, so the catalogue cannot tell what they were; it goes by
/// their names and by where they stand. Pure.
/// </summary>
internal static class DeadLinks
{
    public static IEnumerable<DanglingPointer> Find(CheckpointCatalog catalog, IReadOnlyList<CheckpointLayout> layouts)
    {
        var links = catalog.Problems.Where(static p => p.Kind is ListingProblemKind.DanglingLink or ListingProblemKind.LinkLoop).ToArray();
        if (links.Length == 0)
            return [];
        var checkpoints = new FolderKeys(catalog.Units.Select(static u => u.Path));
        var folders = catalog.Units.Select(static u => FolderOf(u.Path)).SelectMany(static f => new[] { f, FolderOf(f) }).ToHashSet(StringComparer.Ordinal);
        return links
            .Where(l => IsPointerName(l.Key, layouts) || folders.Contains(FolderOf(l.Key)) || checkpoints.Reach(l.Key))
            .Select(static l => new DanglingPointer(l.Key, ProblemOf(l)))
            .OrderBy(static p => p.Key, KeyOrder.Instance);
    }

    private static bool IsPointerName(string key, IReadOnlyList<CheckpointLayout> layouts) => layouts.Any(l => l.IsPointerName(key[(key.LastIndexOf('/') + 1)..]));

    /// <summary>Empty for the location itself.</summary>
    private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    /// <summary>The sentence without the key, which stands before it.</summary>
    private static string ProblemOf(ListingProblem link)
    {
        var subject = $"'{link.Key}' ";
        return (link.Message.StartsWith(subject, StringComparison.Ordinal) ? link.Message[subject.Length..] : link.Message).TrimEnd('.');
    }
}
