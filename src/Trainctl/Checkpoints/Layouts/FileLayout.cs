using Trainctl.Diagnostics;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>What the layouts of single files and of sets of files have in common.</summary>
internal abstract class FileLayout : CheckpointLayout
{
    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken) => new()
    {
        Problem = unit.NameProblem ?? await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false),
    };

    /// <summary>Pointers that are checkpoints themselves; those that are texts are read by the layout.</summary>
    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken) => new()
    {
        Problem = pointer.NameProblem ?? await inspector.FirstProblemAsync([pointer.Object], cancellationToken).ConfigureAwait(false),
    };

    /// <summary>A claim on files of one folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">Names the checkpoint in its folder.</param>
    /// <param name="series">Names the run in its folder.</param>
    /// <param name="files">What belongs to it.</param>
    protected UnitClaim ClaimFor(CatalogFolder folder, string name, string series, params IEnumerable<CatalogFile> files) => new()
    {
        Layout = this,
        Path = folder.Path.Length == 0 ? name : $"{folder.Path}/{name}",
        Run = RunName.Of(folder, series),
        Objects = [.. files.Select(static f => f.Object)],
        IsFolder = false,
    };

    /// <summary>The failure to read a text that names checkpoints: nothing may be deleted then.</summary>
    protected static TrainctlException Unreadable(PointerClaim pointer) => new(
        TrainctlError.UnreadablePointer,
        $"'{pointer.Object.Key}' names checkpoints that must stay, and it cannot be parsed. Restore or delete it, or wait until training has written it.",
        pointer.Object.Key);

    /// <summary>The last segment of a path as it stands in a pointer: of another machine, perhaps of another system.</summary>
    protected static string LastSegment(string path)
    {
        var text = path.Trim().TrimEnd('/', '\\');
        return text[(text.LastIndexOfAny(['/', '\\']) + 1)..];
    }
}
