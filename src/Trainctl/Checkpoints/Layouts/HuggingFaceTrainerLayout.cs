using System.Globalization;
using System.Text.RegularExpressions;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Folders <c>checkpoint-500</c> of Hugging Face's Trainer (huggingface/transformers: src/transformers/trainer.py, _save_checkpoint): weights first, then
/// the random states of all ranks, and <c>trainer_state.json</c> last, by rank 0. Older versions write into <c>tmp-checkpoint-500</c> and rename it. What is
/// saved because the training is about to be stopped has <c>checkpoint-is-incomplete.txt</c> in it meanwhile (src/transformers/trainer_jit_checkpoint.py).
/// </summary>
internal sealed partial class HuggingFaceTrainerLayout : CheckpointLayout
{
    private const string Unfinished = "checkpoint-is-incomplete.txt";
    private static readonly string[] WeightExtensions = [".safetensors", ".bin", ".pt", ".pth", ".msgpack", ".h5", ".gguf", ".distcp"];

    public override string Name => "huggingface-trainer";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var found = new List<(CatalogFolder Folder, UnitClaim Claim)>();
        foreach (var sub in folder.Folders)
        {
            var match = FolderName().Match(sub.Name);
            if (sub.IsClaimed || !match.Success || !long.TryParse(match.Groups["step"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
                || !(sub.Files.Exists(static f => IsOfTrainer(f.Name)) || sub.Folders.Any(static f => PartName().IsMatch(f.Name) && ShardedParts.IsPart(f))))
            {
                continue;
            }

            found.Add((sub, ClaimFor(folder, sub, step)));
        }

        claims.AddRuns(found);
        if (found.Count > 0 && folder.Find(TrainerState.FileName) is { IsClaimed: false } state)
            claims.AddPointer(this, PointerKind.Best, folder, state);
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        if (unit.Markers.Count == 0)
            return Judgement.Incomplete($"{TrainerState.FileName}, which is written last, is missing");
        var stateFile = unit.Markers[^1];
        var content = await inspector.ReadTextAsync(stateFile, cancellationToken).ConfigureAwait(false);
        if (content is null || TrainerState.Read(content) is not { } state)
            return Judgement.Incomplete($"{TrainerState.FileName} cannot be parsed");
        return new Judgement
        {
            Problem = NamesProblem(unit) ?? unit.NameProblem ?? await ContentProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false),
            Epoch = state.Epoch,
            Metrics = state.Metrics,
            Names = state.Best,
            NamesKey = stateFile.Key,
        };
    }

    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var content = await inspector.ReadTextAsync(pointer.Object, cancellationToken).ConfigureAwait(false);
        return content is null || TrainerState.Read(content) is not { } state
            ? throw new Diagnostics.TrainctlException(
                Diagnostics.TrainctlError.UnreadablePointer,
                $"'{pointer.Object.Key}' may name the best checkpoint, and it cannot be parsed. Restore or delete it, or wait until training has written it.",
                pointer.Object.Key)
            : new PointerReading { Names = state.Best };
    }

    public override bool IsPointerName(string fileName) => fileName == TrainerState.FileName;

    private UnitClaim ClaimFor(CatalogFolder folder, CatalogFolder sub, long step)
    {
        var indexes = sub.Files.Where(static f => f.Name.EndsWith(ShardIndex.Suffix, StringComparison.Ordinal));
        var state = sub.Files.Where(static f => f.Name == TrainerState.FileName);
        var claim = new UnitClaim
        {
            Layout = this,
            Path = sub.Path,
            Run = RunName.Of(folder),
            Objects = [.. sub.AllFiles().Select(static f => f.Object).OrderBy(static o => o.Key, KeyOrder.Instance)],
            IsFolder = true,
            Step = step,
            Markers = state.Any() ? [.. indexes.Concat(state).Select(static f => f.Object)] : [],
            IsUnfinished = UnfinishedName.Matches(sub.Name),
        };
        return sub.Find(Unfinished) is null
            ? claim
            : claim with { IsUnfinished = true, UnfinishedReason = $"{Unfinished} says that it is still being written" };
    }

    /// <summary>What the names alone tell: holes in the ranks or shards, no weights.</summary>
    private static string? NamesProblem(UnitClaim unit)
    {
        var names = unit.Objects.Select(UnitInspector.NameOf).ToArray();
        var ranks = names.Select(static n => RankName().Match(n)).Where(static m => m.Success)
            .Select(static m => int.Parse(m.Groups["rank"].Value, CultureInfo.InvariantCulture)).ToHashSet();
        for (var rank = 0; rank < ranks.Count; rank++)
        {
            if (!ranks.Contains(rank))
                return $"rng_state_{rank}.pth is missing, and later ranks have theirs";
        }

        var shards = unit.Objects.Where(o => IsDirect(unit, o)).Select(static o => ShardName.Parse(UnitInspector.NameOf(o))).OfType<ShardName>();
        foreach (var set in shards.GroupBy(static s => (s.Stem, s.Extension)))
        {
            if (ShardName.Gap([.. set]) is { } gap)
                return $"{gap} ({set.Key.Stem})";
            var index = $"{set.Key.Stem}.{set.Key.Extension}{ShardIndex.Suffix}";
            if (!names.Contains(index, StringComparer.Ordinal))
                return $"{index} is missing";
        }

        return unit.Objects.Any(o => IsWeights(unit, o)) ? null : "it has no weights";
    }

    private static async Task<string?> ContentProblemAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        foreach (var index in unit.Objects.Where(o => IsDirect(unit, o) && o.Key.EndsWith(ShardIndex.Suffix, StringComparison.Ordinal)))
        {
            if (await SafetensorsLayout.IndexProblemAsync(unit, index, inspector, cancellationToken).ConfigureAwait(false) is { } problem)
                return problem;
        }

        return await ShardedParts.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
            ?? await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsDirect(UnitClaim unit, StoredObject found) => !found.Key.AsSpan(unit.KeyPrefix.Length).Contains('/');

    /// <summary>Weights lie in a folder of their own under DeepSpeed and FSDP.</summary>
    private static bool IsWeights(UnitClaim unit, StoredObject found)
    {
        var name = UnitInspector.NameOf(found);
        return !NotWeights().IsMatch(name)
            && WeightExtensions.Contains(System.IO.Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A folder named checkpoint-500 may hold anything; it is the Trainer's when it has a file that the Trainer writes.</summary>
    private static bool IsOfTrainer(string name) => KnownFile().IsMatch(name);

    [GeneratedRegex(@"^(tmp-)?checkpoint-(?<step>[0-9]{1,18})$", RegexOptions.CultureInvariant)]
    private static partial Regex FolderName();

    /// <summary>Folders for FSDP and DeepSpeed, which are written before any file beside them.</summary>
    [GeneratedRegex(@"^(pytorch_model_fsdp_[0-9]+|optimizer_[0-9]+|global_step[0-9]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();

    [GeneratedRegex(@"^rng_state_(?<rank>[0-9]{1,6})\.pth$", RegexOptions.CultureInvariant)]
    private static partial Regex RankName();

    [GeneratedRegex(@"^(optimizer|scheduler|scaler|training_args|rng_state|random_states)([_.-].*)?\.(pt|pth|bin|pkl)$", RegexOptions.CultureInvariant)]
    private static partial Regex NotWeights();

    [GeneratedRegex(
        @"^(trainer_state\.json|training_args\.bin|config\.json|adapter_config\.json|(optimizer|scheduler|scaler)\.(pt|bin)|rng_state(_[0-9]+)?\.pth"
        + @"|((model|adapter_model|diffusion_pytorch_model)[^/]*\.safetensors|(pytorch_model|adapter_model)[^/]*\.bin)(\.index\.json)?|\.trainctl-manifest\.json|checkpoint-is-incomplete\.txt)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex KnownFile();
}
