using System.Collections.ObjectModel;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// NeMo's checkpoints <c>gpt--val_loss=0.32-step=100-epoch=3.ckpt</c>, as files, as folders, or under model parallelism as one file in each
/// <c>mp_rank_00</c> or <c>tp_rank_00_pp_rank_000</c> folder. While an empty file <c>gpt--...-unfinished</c> is beside it, it is being written or being
/// deleted (NVIDIA/NeMo: nemo/lightning/pytorch/callbacks/model_checkpoint.py, set_checkpoint_unfinished_marker, _save_checkpoint, _remove_checkpoint;
/// nemo/utils/callbacks/nemo_model_checkpoint.py). The marker itself is left alone: without it half a checkpoint would look whole, and NeMo removes
/// those that are left at its next start. <c>*-last</c> is where training goes on. <c>.nemo</c> files are models and no checkpoints.
/// </summary>
internal sealed partial class NemoLayout : FileLayout
{
    private const string Extension = ".ckpt";
    private const string Marker = "-unfinished";
    private const string AveragedEnd = "-EMA";

    public override string Name => "nemo";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        foreach (var sub in folder.Folders.Where(static f => !f.IsClaimed && IsFolderCheckpoint(f)))
            RecogniseFolder(folder, sub, claims);
        var ranks = folder.Folders
            .Where(static f => !f.IsClaimed && RankFolder().IsMatch(f.Name))
            .OrderBy(static f => f.Name, StringComparer.Ordinal)
            .ToArray();
        var rankFiles = ranks.SelectMany(static f => f.Files).Where(f => IsFileCheckpoint(f) && folder.Find(f.Name) is null);
        foreach (var set in rankFiles.GroupBy(static f => f.Name, StringComparer.Ordinal).ToArray())
            RecogniseFile(folder, set.Key, [.. set], RankProblem(ranks, set.Key), claims);
        foreach (var file in folder.Files.Where(static f => IsFileCheckpoint(f)).ToArray())
            RecogniseFile(folder, file.Name, [file], null, claims);
    }

    /// <summary>The marker tells nothing about a copy that was cut off, so what Megatron wrote into a folder is looked at as well.</summary>
    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken) => unit.NameProblem is null
        && await ShardedParts.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false) is { } problem
            ? Judgement.Incomplete(problem)
            : await base.JudgeAsync(unit, inspector, cancellationToken).ConfigureAwait(false);

    public override bool IsPointerName(string fileName) =>
        fileName.EndsWith(Extension, StringComparison.Ordinal) && IsOfNemo(StemOf(fileName)) && Last().IsMatch(StemOf(fileName));

    private void RecogniseFolder(CatalogFolder folder, CatalogFolder sub, ClaimList claims)
    {
        var stem = StemOf(sub.Name);
        var name = NumberedName.ParseEquations(Ending().Replace(stem, ""));
        var lastWritten = sub.AllFiles().Where(static f => f.Name is "metadata.json" or ".metadata").ToArray();
        claims.AddFolder(sub, ClaimFor(folder, sub.Name, Series(stem, name), sub.AllFiles()) with
        {
            IsFolder = true,
            Step = name?.Step,
            Epoch = name?.Epoch,
            Metrics = name?.Metrics ?? ReadOnlyDictionary<string, double>.Empty,
            // Deleted from the end: with .metadata alone it would still look whole.
            Markers = [.. lastWritten.OrderBy(static f => f.Name == ".metadata").Select(static f => f.Object)],
            NameProblem = MarkerProblem(folder, stem) ?? (lastWritten.Length > 0 ? null : "metadata.json or .metadata, which is written last, is missing"),
        });
    }

    private void RecogniseFile(CatalogFolder folder, string fileName, CatalogFile[] files, string? problem, ClaimList claims)
    {
        problem = MarkerProblem(folder, StemOf(fileName)) ?? problem;
        if (IsPointerName(fileName))
        {
            foreach (var file in files)
                claims.AddPointer(this, PointerKind.Last, folder, file, problem);
        }
        else if (NumberedName.ParseEquations(Ending().Replace(StemOf(fileName), "")) is { } name)
        {
            claims.AddFiles(files, folder, ClaimFor(folder, fileName, Series(StemOf(fileName), name) + Extension, files) with
            {
                Step = name.Step,
                Epoch = name.Epoch,
                Metrics = name.Metrics,
                Markers = files.Length > 1 ? [files[0].Object] : [],
                NameProblem = problem,
            });
        }
    }

    /// <summary>Averaged weights and the last one of each series are runs of their own.</summary>
    private static string Series(string stem, NumberedName? name)
    {
        var ending = Ending().Match(stem).Value;
        return (name?.Pattern ?? stem[..^ending.Length]) + Version().Replace(ending, "");
    }

    /// <summary>The marker of averaged weights is that of the checkpoint they belong to.</summary>
    private static string? MarkerProblem(CatalogFolder folder, string stem)
    {
        var marker = (stem.EndsWith(AveragedEnd, StringComparison.Ordinal) ? stem[..^AveragedEnd.Length] : stem) + Marker;
        return folder.Find(marker) is null ? null : $"{marker} says that it is still being written or deleted";
    }

    private static string? RankProblem(CatalogFolder[] ranks, string fileName) =>
        Array.Find(ranks, f => f.Find(fileName) is null) is { } absent ? $"{absent.Name}/{fileName} is missing, and other ranks have theirs" : null;

    private static bool IsFileCheckpoint(CatalogFile file) =>
        !file.IsClaimed && file.Name.EndsWith(Extension, StringComparison.Ordinal) && IsOfNemo(StemOf(file.Name));

    private static bool IsFolderCheckpoint(CatalogFolder folder) =>
        IsOfNemo(StemOf(folder.Name)) && folder.AllFiles().Any(static f => DistributedFile().IsMatch(f.Name));

    private static string StemOf(string name) => name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : name;

    private static bool IsOfNemo(string stem) => Stem().IsMatch(stem);

    [GeneratedRegex(@"^.+?--[A-Za-z_][A-Za-z0-9_.]*=.*(step|epoch)=[0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex Stem();

    [GeneratedRegex(@"-last(-v[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Last();

    [GeneratedRegex(@"(-last)?(-v[0-9]+)?(-EMA)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Ending();

    [GeneratedRegex(@"-v[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"^(mp_rank_[0-9]+|tp_rank_[0-9]+_pp_rank_[0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex RankFolder();

    [GeneratedRegex(@"^(metadata\.json|\.metadata|common\.pt|__[0-9]+_[0-9]+\.distcp|\.zmetadata)$", RegexOptions.CultureInvariant)]
    private static partial Regex DistributedFile();
}
