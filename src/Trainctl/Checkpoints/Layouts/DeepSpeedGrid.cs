using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// The files of one DeepSpeed tag folder, which together are a grid of ranks (deepspeedai/DeepSpeed: deepspeed/runtime/engine.py, _get_ckpt_name,
/// _get_rank_zero_ckpt_name, _get_expert_ckpt_name, _get_optimizer_ckpt_name; deepspeed/runtime/pipe/module.py, ckpt_layer_path).
/// Nothing in it is written last.
/// </summary>
internal static partial class DeepSpeedGrid
{
    public static bool IsFile(string name) => FileName().IsMatch(name);

    public static bool IsIn(CatalogFolder folder) => folder.Files.Exists(static f => IsFile(f.Name));

    /// <summary>The file without which nobody can take the rest for whole: that of the first rank.</summary>
    public static CatalogFile? FirstRank(CatalogFolder folder) =>
        folder.Files.Where(static f => FirstRankName().IsMatch(f.Name)).MinBy(static f => f.Name, StringComparer.Ordinal);

    /// <summary>Which file of the grid is missing; null when there is no hole.</summary>
    public static string? Problem(IEnumerable<string> names)
    {
        var files = names.Where(IsFile).ToArray();
        if (!files.Any(static n => Model().IsMatch(n)))
            return "*_model_states.pt of all ranks are missing";
        var parts = files.Select(static n => Tensor().IsMatch(n) ? RankedName.Parse(n) : null).OfType<RankedName>().ToArray();
        var models = parts.Select(static p => p.Ranks[^1] + 1).DefaultIfEmpty(0).Max();
        var data = parts.Where(static p => p.Ranks.Count == 2).Select(static p => p.Ranks[0] + 1).DefaultIfEmpty(0).Max();
        var layers = files.Where(static n => Layer().IsMatch(n)).ToArray();
        var slices = layers.Select(static n => RankedName.Parse(n).Ranks[1] + 1).DefaultIfEmpty(0).Max();
        var missing = parts.GroupBy(static p => p.Template).Select(g => RankGrid.Missing([.. g], g.First().Ranks.Count == 2 ? [data, models] : [models]))
            .Concat(OfLayers(layers).Select(g => RankGrid.Missing([.. g], slices)))
            .Concat(OfLayers(files.Where(static n => Expert().IsMatch(n))).Select(static g => RankGrid.Missing([.. g])))
            .FirstOrDefault(static name => name is not null);
        return missing is null ? null : $"{missing} is missing, and other ranks have theirs";
    }

    /// <summary>Layers without weights have no file, and layers may differ in their number of experts: each is a grid of its own.</summary>
    private static IEnumerable<IEnumerable<RankedName>> OfLayers(IEnumerable<string> names) => names
        .Select(static n => (Head: LayerHead().Match(n).Value, Name: n))
        .GroupBy(static n => (n.Head, RankedName.Parse(n.Name).Template), static n => RankedName.Parse(n.Name, n.Head.Length));

    [GeneratedRegex(
        @"^(mp_rank_\d+_model_states|(bf16_)?zero_pp_rank_\d+_mp_rank_\d+_(model|optim)_states|layer_\d+-model_\d+-model_states"
        + @"|(layer_\d+_)?expert_\d+_mp_rank_\d+_model_states|expp_rank_\d+_mp_rank_\d+_optim_states)\.pt$",
        RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^(zero_pp_rank_0_)?mp_rank_0+_model_states\.pt$", RegexOptions.CultureInvariant)]
    private static partial Regex FirstRankName();

    [GeneratedRegex(@"^(zero_pp_rank_\d+_)?mp_rank_\d+_model_states\.pt$", RegexOptions.CultureInvariant)]
    private static partial Regex Model();

    [GeneratedRegex(@"^(mp_rank|(bf16_)?zero_pp_rank)_", RegexOptions.CultureInvariant)]
    private static partial Regex Tensor();

    [GeneratedRegex(@"^layer_\d+-", RegexOptions.CultureInvariant)]
    private static partial Regex Layer();

    [GeneratedRegex(@"^(layer_\d+_expert|expert|expp_rank)_", RegexOptions.CultureInvariant)]
    private static partial Regex Expert();

    [GeneratedRegex(@"^(layer_\d+)?", RegexOptions.CultureInvariant)]
    private static partial Regex LayerHead();
}
