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

    /// <summary>What lies directly in a checkpoint's folder.</summary>
    public static IEnumerable<StoredObject> Direct(UnitClaim unit) => unit.Objects.Where(o => !o.Key.AsSpan(unit.KeyPrefix.Length).Contains('/'));

    /// <summary>The objects of each folder of a checkpoint, by the folder's key with a separator at its end, its own first.</summary>
    public static IEnumerable<IGrouping<string, StoredObject>> ByFolder(UnitClaim unit) => unit.Objects
        .GroupBy(static o => o.Key[..(o.Key.LastIndexOf('/') + 1)]).OrderBy(static g => g.Key, StringComparer.Ordinal);
}
