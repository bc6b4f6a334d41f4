using System.Collections.ObjectModel;
using System.Globalization;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// DeepSpeed's tag folders, by default <c>global_step500</c>, and beside them the texts <c>latest</c> and <c>latest_universal</c> that name one and are
/// written when all files are (deepspeedai/DeepSpeed: deepspeed/runtime/engine.py, save_checkpoint, load_checkpoint). Lightning has one folder
/// <c>checkpoint</c> in a folder of the checkpoint's name (Lightning-AI/pytorch-lightning: src/lightning/pytorch/strategies/deepspeed.py).
/// </summary>
internal sealed class DeepSpeedLayout : CheckpointLayout
{
    private const string LightningTag = "checkpoint";
    private static readonly string[] PointerNames = ["latest", "latest_universal"];

    public override string Name => "deepspeed";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var tags = new List<Tag>();
        foreach (var sub in folder.Folders.Where(static f => !f.IsClaimed))
        {
            if (DeepSpeedGrid.IsIn(sub))
                tags.Add(new Tag(sub, sub, ClaimFor(folder, sub, sub)));
            else if (LightningFolder.Parse(sub.Name) is { } name && sub.Folders.FirstOrDefault(IsLightnings) is { } states)
                tags.Add(new Tag(sub, states, LightningsClaim(folder, sub, states, name)));
        }

        claims.AddRuns(tags.Select(static t => (t.Folder, t.Claim)));

        // A tag may have a separator in it.
        if (!tags.Exists(static t => t.Folder == t.States) && !folder.Folders.Any(static f => f.Folders.Any(DeepSpeedGrid.IsIn)))
            return;
        foreach (var file in folder.Files.Where(f => !f.IsClaimed && IsPointerName(f.Name)))
            claims.AddPointer(this, PointerKind.Last, folder, file);
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken) => new()
    {
        Problem = LastWrittenProblem(unit)
            ?? unit.NameProblem
            ?? await ShardedParts.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
            ?? await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false),
    };

    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var tag = await PointerText.ReadAsync(pointer, inspector, cancellationToken).ConfigureAwait(false);
        return tag.Length == 0 ? PointerText.Empty : new PointerReading { Names = [new PointedName(pointer.Kind, tag.Trim('/'), tag)] };
    }

    public override bool IsPointerName(string fileName) => PointerNames.Contains(fileName, StringComparer.Ordinal);

    private static string? LastWrittenProblem(UnitClaim unit) => unit.MissingRequired is { } missing ? $"{missing}, which is written last, is missing"
        : unit.Required.Count > 0 && unit.Markers[^1] is { Size: 0 } empty ? $"{UnitInspector.NameOf(empty)}, which is written last, is empty"
        : null;

    private static bool IsLightnings(CatalogFolder folder) => folder.Name == LightningTag && DeepSpeedGrid.IsIn(folder);

    /// <summary>Lightning loads by the text that names the tag, and leaves it to DeepSpeed to write it.</summary>
    private UnitClaim LightningsClaim(CatalogFolder folder, CatalogFolder sub, CatalogFolder states, NumberedName name)
    {
        var claim = ClaimFor(folder, sub, states);
        return claim with
        {
            Run = RunName.Of(folder, name.Pattern),
            Step = name.Step,
            Epoch = name.Epoch,
            Metrics = name.Metrics,
            Required = [PointerNames[0]],
            Markers = [.. claim.Markers, .. FolderClaim.Markers(sub, PointerNames[0])],
        };
    }

    /// <summary>A tag is any text. One that is only a number is a step; one without a number is a run of its own, so that nothing pushes it out.</summary>
    private UnitClaim ClaimFor(CatalogFolder folder, CatalogFolder sub, CatalogFolder states)
    {
        var isStep = long.TryParse(sub.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var step);
        var name = isStep ? null : NumberedName.ParseWords(sub.Name);
        return FolderClaim.Of(this, sub, RunName.Of(folder, isStep ? "*" : name?.Pattern ?? sub.Name)) with
        {
            Step = isStep ? step : name?.Step,
            Epoch = name?.Epoch,
            Metrics = name?.Metrics ?? ReadOnlyDictionary<string, double>.Empty,
            Markers = DeepSpeedGrid.FirstRank(states) is { } first ? [first.Object] : [],
        };
    }

    /// <param name="Folder">What is claimed.</param>
    /// <param name="States">Where the ranks wrote: the same, or a folder in it.</param>
    /// <param name="Claim">What is known of it alone.</param>
    private sealed record Tag(CatalogFolder Folder, CatalogFolder States, UnitClaim Claim);
}
