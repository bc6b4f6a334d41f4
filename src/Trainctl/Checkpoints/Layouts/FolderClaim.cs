using Trainctl.Storage;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>Claims of whole folders.</summary>
internal static class FolderClaim
{
    public static UnitClaim Of(CheckpointLayout layout, CatalogFolder folder, string run) => new()
    {
        Layout = layout,
        Path = folder.Path,
        Run = run,
        Objects = [.. folder.AllFiles().Select(static f => f.Object).OrderBy(static o => o.Key, KeyOrder.Instance)],
        IsFolder = true,
        IsUnfinished = UnfinishedName.Matches(folder.Name),
    };

    /// <summary>The files with these names that lie directly in a folder, in the order of the names.</summary>
    public static IReadOnlyList<StoredObject> Markers(CatalogFolder folder, params IEnumerable<string> names) =>
        [.. names.Select(folder.Find).OfType<CatalogFile>().Select(static f => f.Object)];

    /// <summary>What of a checkpoint lies directly in one folder of it.</summary>
    /// <param name="unit">The checkpoint.</param>
    /// <param name="prefix">The folder's key with a separator at its end.</param>
    public static IEnumerable<StoredObject> DirectlyIn(UnitClaim unit, string prefix) =>
        unit.Objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && !o.Key.AsSpan(prefix.Length).Contains('/'));

    /// <summary>Prefixes of all folders of a checkpoint that hold files, its own first.</summary>
    public static IEnumerable<string> Prefixes(UnitClaim unit) =>
        unit.Objects.Select(static o => o.Key[..(o.Key.LastIndexOf('/') + 1)]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
