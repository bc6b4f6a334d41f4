namespace Trainctl.Checkpoints.Publishing;

/// <summary>Which objects outside of checkpoints are published. Pure.</summary>
internal static class LooseObjects
{
    /// <summary>Objects that are no pointers: models, logs, anything but what somebody is still writing.</summary>
    public static IEnumerable<LooseObject> Others(CheckpointCatalog catalog) => catalog.OtherObjects
        .Where(static o => !UnfinishedName.IsIn(o.Key) && !Manifest.IsManifestKey(o.Key) && !o.Key.EndsWith('/'))
        .Select(static o => new LooseObject(o));

    /// <summary>
    /// A pointer must not lead readers to a checkpoint that did not arrive. One that is a text is sent as it was read, or not at all: what it says next may
    /// name another.
    /// </summary>
    /// <param name="catalog">The source.</param>
    /// <param name="isAbsent">Whether the checkpoint at a path is not published.</param>
    /// <param name="mayDangle">
    /// Whether a text may be sent that names a checkpoint of which the catalogue knows nothing: beside a training it may be younger than the listing.
    /// </param>
    /// <param name="note">Told why a pointer is left out.</param>
    public static List<LooseObject> Pointers(CheckpointCatalog catalog, Func<string, bool> isAbsent, Func<CheckpointPointer, bool> mayDangle, Action<string> note)
    {
        var pointers = new List<LooseObject>();
        foreach (var group in catalog.Pointers.Where(static p => p.Stored is not null).GroupBy(static p => p.Key))
        {
            var isText = group.Any(static p => p.Text.Length > 0);
            if (group.FirstOrDefault(static p => p.Problem is not null) is { } broken)
                note($"{group.Key} was left out: {broken.Problem}.");
            else if (group.SelectMany(static p => p.Targets).FirstOrDefault(isAbsent) is { } target && isText)
                note($"{group.Key} was left out: it names {target}, which was not published.");
            else if (isText && Dangling([.. group]).FirstOrDefault(p => !mayDangle(p)) is { } dangling)
                note($"{group.Key} was left out: it names {dangling.Text}, which is not here.");
            else
                pointers.Add(new LooseObject(group.First().Stored!, IsExact: isText));
        }

        return pointers;
    }

    /// <summary>
    /// What a text names and nobody knows. Of a list all must be there, and of other texts what they name first: where training goes on. The best is
    /// named in two ways, of which one may be dead.
    /// </summary>
    private static IEnumerable<CheckpointPointer> Dangling(CheckpointPointer[] texts)
    {
        var unknown = texts.Where(static p => p.Targets.Count == 0);
        return texts[0].Kind switch
        {
            PointerKind.Listed => unknown,
            PointerKind.Best => unknown.Skip(texts.Length - 1),
            _ => unknown.Where(p => p == texts[0]),
        };
    }
}
