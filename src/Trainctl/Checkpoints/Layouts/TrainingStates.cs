using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// The states in a checkpoint's folder and in the folders directly in it that every checkpoint of its run has: of ranks, of optimizers, of models with a
/// folder of their own. How many there must be stands nowhere, and a copy that is under way may bring first what was written last. So a checkpoint with
/// less than the one before it is doubted. What people put into a checkpoint by themselves, as merged weights, is none of these.
/// </summary>
internal static partial class TrainingStates
{
    /// <summary>Names of the states, relative to the folder. What is whole by its own description, shards of weights and distributed checkpoints, has one name.</summary>
    public static IReadOnlyList<string> Of(CatalogFolder checkpoint)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in checkpoint.Files)
        {
            if (InAnyFolder(file.Name) is { } state)
                names.Add(state);
            else if (OfGenerators().IsMatch(file.Name))
                names.Add(Kind(file.Name));
            else if (Single().IsMatch(file.Name))
                names.Add(file.Name);
            else if (NumberedWeights().Match(file.Name) is { Success: true } weights)
                names.Add(weights.Groups["stem"].Value + weights.Groups["extension"].Value);
        }

        foreach (var folder in checkpoint.Folders)
        {
            // The tag of DeepSpeed, which is another one in each checkpoint.
            var path = Tag().Replace(folder.Name, "global_step*");
            foreach (var file in folder.Files)
            {
                if ((InAnyFolder(file.Name) ?? InFolder(folder.Name, file.Name)) is { } state)
                    names.Add($"{path}/{state}");
            }
        }

        return [.. names];
    }

    /// <summary>
    /// What is missing because the checkpoint before has more of its kind; null when nothing is, or when the two are of different kinds. The first checkpoint
    /// after a change to less, as after a restart with fewer ranks, is doubted too; the next one has as much as the one before it.
    /// </summary>
    public static string? MissingAfter(IReadOnlyCollection<string> before, IReadOnlyCollection<string> names)
    {
        var earlier = before.ToLookup(Kind, StringComparer.Ordinal);
        var counts = names.CountBy(Kind, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        if (counts.Keys.Any(kind => !earlier.Contains(kind)) || earlier.FirstOrDefault(kind => counts.GetValueOrDefault(kind.Key) < kind.Count()) is not { } more)
            return null;
        var has = more.Count() == 1 ? "it" : string.Create(CultureInfo.InvariantCulture, $"{more.Count()} of its kind");
        return $"{more.Except(names).First()} is missing, and the checkpoint before has {has}";
    }

    /// <summary>
    /// Whether it is more than a restart with fewer ranks or without a scaler: of what DeepSpeed's ranks save there is none of a kind, or fewer of one kind and as many
    /// of another.
    /// </summary>
    public static bool IsBroken(IReadOnlyCollection<string> before, IReadOnlyCollection<string> names)
    {
        var counts = names.CountBy(Kind, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var kinds = before.Where(static n => DeepSpeedGrid.IsFile(n[(n.LastIndexOf('/') + 1)..])).CountBy(Kind, StringComparer.Ordinal).ToArray();
        var ofRanks = kinds.Where(static k => k.Value > 1).ToLookup(k => counts.GetValueOrDefault(k.Key) < k.Value);
        return Array.Exists(kinds, k => !counts.ContainsKey(k.Key)) || (ofRanks.Contains(true) && ofRanks.Contains(false));
    }

    private static string Kind(string name) => Digits().Replace(name, "#");

    private static string? InAnyFolder(string name) => DeepSpeedGrid.IsFile(name) ? name
        : DistributedCheckpoint.IsData(name) || DistributedCheckpoint.IsMetadata(name) ? DistributedCheckpoint.MetadataName
        : null;

    private static string? InFolder(string folder, string name) => OfRank().IsMatch(name) ? name
        : ModelFolder().IsMatch(folder) && ModelWeights().Match(name) is { Success: true } model ? model.Groups["stem"].Value + model.Groups["extension"].Value
        : DiffusersWeights().Match(name) is { Success: true } diffusers ? diffusers.Groups["stem"].Value + diffusers.Groups["extension"].Value
        : null;

    [GeneratedRegex(@"\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    [GeneratedRegex(@"^global_step\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    /// <summary>
    /// huggingface/transformers: src/transformers/trainer.py, _save_optimizer_and_scheduler, _save_rng_state; huggingface/accelerate:
    /// src/accelerate/checkpointing.py, save_accelerator_state, save_custom_state; Lightning-AI/pytorch-lightning: src/lightning/pytorch/strategies/fsdp.py.
    /// </summary>
    [GeneratedRegex(
        @"^((optimizer|scheduler|scaler|sampler|dl_state_dict|custom_checkpoint)(_\d{1,9})?\.(pt|pth|bin|pkl)|meta\.pt)$", RegexOptions.CultureInvariant)]
    private static partial Regex Single();

    /// <summary>
    /// One for each rank, so fewer of them mean nothing more than a restart with fewer ranks: both frameworks go on without those that they do not find
    /// (trainer.py, _load_rng_state; checkpointing.py, load_accelerator_state).
    /// </summary>
    [GeneratedRegex(@"^(rng_state|random_states)(_\d{1,9})?\.(pth|pkl)$", RegexOptions.CultureInvariant)]
    private static partial Regex OfGenerators();

    /// <summary>Of the second model on, where there are several. The first may be there under the same name because somebody merged shards into it.</summary>
    [GeneratedRegex(@"^(?<stem>(model|pytorch_model)_\d{1,9})(-\d{5}-of-\d{5})?(?<extension>\.(safetensors|bin))$", RegexOptions.CultureInvariant)]
    private static partial Regex NumberedWeights();

    /// <summary>allenai/OLMo-core: src/olmo_core/train/checkpoint.py, train/rank0.pt.</summary>
    [GeneratedRegex(@"^([A-Za-z_]+_)?rank_?\d{1,9}\.(pt|pth|pkl)$", RegexOptions.CultureInvariant)]
    private static partial Regex OfRank();

    [GeneratedRegex(@"^(model|text_encoder(_\d{1,9})?)$", RegexOptions.CultureInvariant)]
    private static partial Regex ModelFolder();

    /// <summary>Ranks write <c>shard-00001-model-00001-of-00002.safetensors</c> (pytorch/pytorch: torch/distributed/checkpoint/_hf_utils.py), and each of them counts.</summary>
    [GeneratedRegex(
        @"^(?<stem>shard-\d{5,7}-model|model|pytorch_model|adapter_model)(-\d{5,7}-of-\d{5,7})?(?<extension>\.(safetensors|bin))$", RegexOptions.CultureInvariant)]
    private static partial Regex ModelWeights();

    /// <summary>huggingface/diffusers: src/diffusers/utils/constants.py, WEIGHTS_NAME; src/diffusers/loaders/lora_base.py, LORA_WEIGHT_NAME.</summary>
    [GeneratedRegex(
        @"^(?<stem>diffusion_pytorch_model|pytorch_lora_weights)(-\d{5}-of-\d{5})?(?<extension>\.(safetensors|bin))$", RegexOptions.CultureInvariant)]
    private static partial Regex DiffusersWeights();
}
