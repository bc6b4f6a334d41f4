using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Folders that accelerate's <c>save_state</c> wrote: <c>checkpoint_3</c>, or <c>step_500</c> and <c>epoch_1</c> as its examples name them
/// (huggingface/accelerate: src/accelerate/accelerator.py, save_state; src/accelerate/checkpointing.py, save_accelerator_state). Weights come first,
/// each rank's <c>random_states_RANK.pkl</c> last. Weights of FSDP and DeepSpeed lie in folders inside. The scripts of diffusers name theirs
/// <c>checkpoint-500</c>, as the Trainer does, which writes no such random states (huggingface/diffusers:
/// examples/text_to_image/train_text_to_image.py).
/// </summary>
internal sealed partial class AccelerateLayout : CheckpointLayout
{
    public override string Name => "accelerate";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var found = new List<(CatalogFolder Folder, UnitClaim Claim)>();
        foreach (var sub in folder.Folders.Where(static f => !f.IsClaimed))
        {
            var match = FolderName().Match(sub.Name);
            if (!match.Success || !IsAccelerates(sub, isAmbiguous: match.Groups["separator"].Value == "-"))
                continue;
            var number = long.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
            var isEpoch = match.Groups["kind"].Value == "epoch";
            found.Add((sub, FolderClaim.Of(this, sub, RunName.Of(folder, $"{match.Groups["kind"].Value}{match.Groups["separator"].Value}*")) with
            {
                Step = isEpoch ? null : number,
                Epoch = isEpoch ? number : null,
                Markers = FolderClaim.Markers(sub, "random_states_0.pkl"),
            }));
        }

        claims.AddRuns(found);
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var problem = RanksProblem(unit)
            ?? (unit.Objects.Any(static o => IsWeights(UnitInspector.NameOf(o))) ? null : "it has no weights")
            ?? unit.NameProblem
            ?? await ShardedWeights.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
            ?? await ShardedParts.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
            ?? await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false);
        return new Judgement { Problem = problem };
    }

    private static bool IsAccelerates(CatalogFolder folder, bool isAmbiguous) =>
        isAmbiguous
            ? folder.Find(TrainerState.FileName) is null && (folder.Files.Exists(static f => NotTheTrainers().IsMatch(f.Name)) || IsDiffusers(folder))
            : folder.Files.Exists(static f => OwnFile().IsMatch(f.Name)) || folder.Folders.Any(static f => PartName().IsMatch(f.Name) && ShardedParts.IsPart(f));

    /// <summary>
    /// Weights under names that only diffusers uses: one that is being written, or whose last file is gone, must not be taken for another framework's
    /// (huggingface/diffusers: src/diffusers/utils/constants.py, WEIGHTS_NAME; src/diffusers/loaders/lora_base.py, LORA_WEIGHT_NAME).
    /// </summary>
    private static bool IsDiffusers(CatalogFolder folder) => folder.Files.Concat(folder.Folders.SelectMany(static f => f.Files)).Any(static f => DiffusersWeights().IsMatch(f.Name));

    private static string? RanksProblem(UnitClaim unit)
    {
        var ranks = FolderClaim.Direct(unit).Select(UnitInspector.NameOf).Where(static n => RandomStates().IsMatch(n))
            .Select(static n => RankedName.Parse(n)).ToArray();
        if (ranks.Length == 0)
            return "random_states_0.pkl, which is written last, is missing";
        return RankGrid.Missing(ranks) is { } missing ? $"{missing} is missing, and other ranks have theirs" : null;
    }

    private static bool IsWeights(string name) => WeightFile().IsMatch(name) || DistributedCheckpoint.IsData(name) || DeepSpeedGrid.IsFile(name);

    [GeneratedRegex(@"^(?<kind>checkpoint|step|epoch)(?<separator>[-_])(?<number>\d{1,15})$", RegexOptions.CultureInvariant)]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^random_states_\d{1,9}\.pkl$", RegexOptions.CultureInvariant)]
    private static partial Regex RandomStates();

    /// <summary>The Trainer writes scheduler.pt (huggingface/accelerate: src/accelerate/utils/constants.py; huggingface/transformers: src/transformers/trainer.py).</summary>
    [GeneratedRegex(@"^(random_states_\d{1,9}\.pkl|scheduler(_\d+)?\.bin)$", RegexOptions.CultureInvariant)]
    private static partial Regex NotTheTrainers();

    [GeneratedRegex(@"^(diffusion_pytorch_model|pytorch_lora_weights).*\.(safetensors|bin|json)$", RegexOptions.CultureInvariant)]
    private static partial Regex DiffusersWeights();

    [GeneratedRegex(@"^(random_states_\d{1,9}\.pkl|optimizer(_\d+)?\.bin)$", RegexOptions.CultureInvariant)]
    private static partial Regex OwnFile();

    [GeneratedRegex(@"^pytorch_model(_fsdp)?(_\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();

    [GeneratedRegex(@"(\.safetensors|^(model|pytorch_model|adapter_model|diffusion_pytorch_model|pytorch_lora_weights).*\.bin)$", RegexOptions.CultureInvariant)]
    private static partial Regex WeightFile();
}
