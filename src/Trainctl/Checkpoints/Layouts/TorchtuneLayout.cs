using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// torchtune's folders <c>epoch_1</c> and <c>step_500</c> (meta-pytorch/torchtune: torchtune/training/checkpointing/_checkpointer.py, save_checkpoint):
/// shards and their index, or adapter weights, and <c>recipe_state.pt</c>, which the checkpoint of the last epoch does not have.
/// </summary>
internal sealed partial class TorchtuneLayout : CheckpointLayout
{
    /// <summary>Written before the adapter's other forms (save_checkpoint: "saving it as is is a requirement"), and what training goes on from.</summary>
    private const string Adapter = "adapter_model.pt";

    public override string Name => "torchtune";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        foreach (var sub in folder.Folders.Where(static f => !f.IsClaimed))
        {
            var match = FolderName().Match(sub.Name);
            if (!match.Success || !sub.Files.Exists(static f => OwnFile().IsMatch(f.Name)))
                continue;
            var number = long.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
            var isEpoch = match.Groups["kind"].Value == "epoch";
            var claim = FolderClaim.Of(this, sub, RunName.Of(folder, match.Groups["kind"].Value + "_*"));
            // Recipe state is missing in the last checkpoint anyway, so only an index or the weights themselves can say that it is one.
            var indexes = ShardedWeights.Indexes(sub.Files.Select(static f => f.Object)).ToArray();
            claims.AddFolder(sub, claim with
            {
                Step = isEpoch ? null : number,
                Epoch = isEpoch ? number : null,
                Markers = indexes.Length > 0
                    ? indexes
                    // Deleted from the end: an adapter without its first file is none.
                    : [.. sub.Files.Where(static f => Weights().IsMatch(f.Name)).OrderBy(static f => f.Name == Adapter).Select(static f => f.Object)],
            });
        }
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var names = FolderClaim.Direct(unit).Select(UnitInspector.NameOf).ToArray();
        var hasWeights = Array.Exists(names, static n => Weights().IsMatch(n));
        var lacksAdapter = Array.Exists(names, static n => n.StartsWith("adapter_", StringComparison.Ordinal)) && !names.Contains(Adapter);
        var problem = await ShardedWeights.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
            ?? (hasWeights ? null : "it has no weights")
            ?? (lacksAdapter ? $"{Adapter} is missing" : null)
            ?? await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false);
        return new Judgement { Problem = problem };
    }

    [GeneratedRegex(@"^(?<kind>epoch|step)_(?<number>\d{1,15})$", RegexOptions.CultureInvariant)]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^((model|pytorch_model)(-\d{5}-of-\d{5})?\.(safetensors|bin)|adapter_model\.(pt|bin|safetensors))$", RegexOptions.CultureInvariant)]
    private static partial Regex Weights();

    [GeneratedRegex(
        @"^((model|pytorch_model)(-\d{5}-of-\d{5})?\.(safetensors|bin)(\.index\.json)?|adapter_model\.(pt|bin|safetensors)|recipe_state\.pt)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex OwnFile();
}
