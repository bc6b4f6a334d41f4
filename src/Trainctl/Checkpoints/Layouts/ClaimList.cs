using System.Collections.ObjectModel;
using System.Text.RegularExpressions;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>A checkpoint that a layout recognised, before anybody looked into it.</summary>
internal record UnitClaim
{
    public required CheckpointLayout Layout { get; init; }

    public required string Path { get; init; }

    public required string Run { get; init; }

    public required IReadOnlyList<StoredObject> Objects { get; init; }

    public required bool IsFolder { get; init; }

    /// <summary>Files beside it that follow it: a pin, a metrics file. Never in <see cref="Objects"/>; layouts need not know them.</summary>
    public IReadOnlyList<StoredObject> Sidecars { get; init; } = [];

    /// <summary>Key of the file that pins it; null when none does.</summary>
    public string? PinKey { get; init; }

    public long? Step { get; init; }

    public double? Epoch { get; init; }

    /// <summary>A value that was recorded and is no finite number is NaN.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Objects that the framework writes last, in the order of writing.</summary>
    public IReadOnlyList<StoredObject> Markers { get; init; } = [];

    /// <summary>Names, relative to <see cref="KeyPrefix"/>, that it must have, because other checkpoints of its run do.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>The first of <see cref="Required"/> that is not there; null when all are.</summary>
    public string? MissingRequired => Required.FirstOrDefault(name => !Objects.Any(o => o.Key == KeyPrefix + name));

    /// <summary>Objects that are no part of it and that its judgement depends on all the same.</summary>
    public IReadOnlyList<StoredObject> JudgedBy { get; init; } = [];

    /// <summary>Whether the name itself says that it is still being written.</summary>
    public bool IsUnfinished { get; init; }

    /// <summary>Why it is <see cref="IsUnfinished"/>, as a sentence's end.</summary>
    public string UnfinishedReason { get; init; } = "its name says that it is still being written";

    /// <summary>Why it is not complete, as far as the listing alone tells; null when that tells nothing.</summary>
    public string? NameProblem { get; init; }

    /// <summary>
    /// What the checkpoint before it has more; null when nothing. Where nothing else is wrong with it, it is not complete for that, and may be whole all the same: it
    /// pushes nothing out, is not published, and is never removed, as which one is before it changes with every prune.
    /// </summary>
    public string? Doubt { get; init; }

    /// <summary>Why it must not be deleted whatever the policy says, as far as the listing alone tells; null otherwise.</summary>
    public string? Untouchable { get; init; }

    public string ManifestKey => IsFolder ? $"{Path}/{Manifest.FileName}" : Path + Manifest.FileName;

    public string KeyPrefix => IsFolder ? Path + "/" : Path[..(Path.LastIndexOf('/') + 1)];

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string FolderOfRun => Path[..Math.Max(0, Path.LastIndexOf('/'))];
}

/// <summary>A pointer file that a layout recognised.</summary>
/// <param name="Layout">Whose it is.</param>
/// <param name="Kind">What it says about its target.</param>
/// <param name="Folder">The folder that it lies in.</param>
/// <param name="Object">The file.</param>
/// <param name="NameProblem">Why it is not whole, as far as the listing alone tells.</param>
internal sealed record PointerClaim(CheckpointLayout Layout, PointerKind Kind, string Folder, StoredObject Object, string? NameProblem = null);

/// <summary>What layouts have claimed so far. A file is claimed once.</summary>
internal sealed partial class ClaimList
{
    public List<UnitClaim> Units { get; } = [];

    public List<PointerClaim> Pointers { get; } = [];

    /// <summary>What layouts recognise in a tree. The first that claims something has it.</summary>
    public static ClaimList Of(CatalogFolder tree, IReadOnlyList<CheckpointLayout> layouts)
    {
        var claims = new ClaimList();
        foreach (var folder in tree.Unclaimed())
        {
            foreach (var layout in layouts)
                layout.Recognise(folder, claims);
        }

        return claims;
    }

    /// <summary>Claims a folder with all below it, unless something in it has been claimed: a file belongs to one checkpoint.</summary>
    public void AddFolder(CatalogFolder folder, UnitClaim claim)
    {
        if (folder.AllFiles().Any(static f => f.IsClaimed))
            return;
        folder.Claim();
        Units.Add(HeldRun(claim) is { } held ? claim with { Untouchable = $"it holds another run's {held}" } : claim);
    }

    /// <summary>
    /// Claims folders, and doubts those that have less than the one before them in their run, see <see cref="TrainingStates"/>. A manifest ends the doubt.
    /// </summary>
    public void AddRuns(IEnumerable<(CatalogFolder Folder, UnitClaim Claim)> found)
    {
        foreach (var run in found.GroupBy(static f => f.Claim.Run, StringComparer.Ordinal))
        {
            IReadOnlyList<string> before = [];
            foreach (var (folder, claim) in run.OrderBy(static f => f.Claim.Step).ThenBy(static f => f.Claim.Epoch).ThenBy(static f => f.Claim.Path, StringComparer.Ordinal))
            {
                var states = TrainingStates.Of(folder);
                var isProven = folder.Find(Manifest.FileName) is not null;
                var missing = isProven ? null : TrainingStates.MissingAfter(before, states);
                AddFolder(folder, missing is null ? claim
                    : TrainingStates.IsBroken(before, states) ? claim with { NameProblem = claim.NameProblem ?? missing }
                    : claim with { Doubt = missing });
                if (!claim.IsUnfinished && claim.Markers.Count > 0)
                    before = states;
            }
        }
    }

    /// <summary>Adds a claim that names all its objects already, the manifest among them; they may lie in several folders.</summary>
    public void AddClaimed(UnitClaim claim, IEnumerable<CatalogFile> files)
    {
        foreach (var file in files)
            file.IsClaimed = true;
        Units.Add(claim);
    }

    public void AddFiles(IEnumerable<CatalogFile> files, CatalogFolder folder, UnitClaim claim)
    {
        foreach (var file in files)
            file.IsClaimed = true;
        var manifest = folder.Find(folder.Path.Length == 0 ? claim.ManifestKey : claim.ManifestKey[(folder.Path.Length + 1)..]);
        if (manifest is not null)
            manifest.IsClaimed = true;
        Units.Add(manifest is null ? claim : claim with { Objects = [.. claim.Objects, manifest.Object] });
    }

    public void AddPointer(CheckpointLayout layout, PointerKind kind, CatalogFolder folder, CatalogFile file, string? nameProblem = null)
    {
        file.IsClaimed = true;
        Pointers.Add(new PointerClaim(layout, kind, folder.Path, file.Object, nameProblem));
    }

    /// <summary>Takes back the claims on checkpoints and pointers at certain paths, and answers their objects.</summary>
    public IReadOnlyList<StoredObject> TakeOut(Predicate<string> isNone)
    {
        var units = Units.FindAll(u => isNone(u.Path));
        var pointers = Pointers.FindAll(p => isNone(p.Object.Key));
        Units.RemoveAll(u => isNone(u.Path));
        Pointers.RemoveAll(p => isNone(p.Object.Key));
        return [.. units.SelectMany(static u => u.Objects.Concat(u.Sidecars)), .. pointers.Select(static p => p.Object)];
    }

    /// <summary>A checkpoint of the Trainer inside: a training that goes on from a checkpoint may have been told to write into its folder.</summary>
    private static string? HeldRun(UnitClaim claim) => claim.Objects
        .Where(static o => o.Key.EndsWith("/" + TrainerState.FileName, StringComparison.Ordinal))
        .Select(o => TrainersFolder().Match(o.Key, claim.KeyPrefix.Length, o.Key.Length - claim.KeyPrefix.Length))
        .FirstOrDefault(static m => m.Success)?.Groups["path"].Value;

    [GeneratedRegex(@"^(?<path>(.+/)?checkpoint-[0-9]+)/[^/]+$", RegexOptions.CultureInvariant)]
    private static partial Regex TrainersFolder();
}
