using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Trainctl.Checkpoints.Formats;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Megatron-LM's folders <c>iter_0000500</c> and <c>release</c>, and the text <c>latest_checkpointed_iteration.txt</c> that names one
/// (NVIDIA/Megatron-LM: megatron/training/checkpointing.py, get_checkpoint_name, read_metadata). Either each model-parallel rank has a folder
/// <c>mp_rank_TT[_PPP]</c>, or all have written a distributed checkpoint together, with <c>metadata.json</c> last
/// (megatron/core/dist_checkpointing/serialization.py, save).
/// </summary>
internal sealed partial class MegatronLayout : CheckpointLayout
{
    private const string Config = "metadata.json";
    private const string Pointer = "latest_checkpointed_iteration.txt";
    private const string Release = "release";
    private static readonly string[] WrittenBeforeConfig = [Config, "common.pt"];

    public override string Name => "megatron";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var found = folder.Folders.Where(static f => !f.IsClaimed && (f.Name == Release || FolderName().IsMatch(f.Name)) && IsMegatrons(f)).ToArray();
        // Checkpoints from before the first one with a configuration may have another form, and are whole without it.
        var firstWithConfig = found.Where(static f => f.Find(Config) is not null).Select(StepOf).Min();
        var before = (CatalogFolder?)null;
        foreach (var sub in found.OrderBy(StepOf))
        {
            var isDistributed = !sub.Folders.Any(static f => RankName().IsMatch(f.Name));
            var mustHaveConfig = isDistributed && (Array.Exists(WrittenBeforeConfig, n => sub.Find(n) is not null)
                || (StepOf(sub) > firstWithConfig && (!IsBridges(sub) || (StepOf(before!) > 0 && before!.Find(Config) is not null))));
            before = sub;
            claims.AddFolder(sub, FolderClaim.Of(this, sub, sub.Name == Release ? RunName.Of(folder, Release) : RunName.Of(folder)) with
            {
                Step = StepOf(sub),
                Required = mustHaveConfig ? [Config] : [],
                Markers = [.. FirstRank(sub), .. DistributedCheckpoint.Metadata(sub), .. FolderClaim.Markers(sub, Config)],
            });
        }

        if (found.Length > 0 && folder.Find(Pointer) is { IsClaimed: false } pointer)
            claims.AddPointer(this, PointerKind.Last, folder, pointer);
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var problem = RanksProblem(unit)
            ?? (unit.MissingRequired is { } missing ? $"{missing}, which is written last, is missing" : null)
            ?? await ConfigProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
            ?? await ShardedParts.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
            ?? await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false);
        return new Judgement { Problem = problem };
    }

    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var text = await PointerText.ReadAsync(pointer, inspector, cancellationToken).ConfigureAwait(false);
        if (text.Length == 0)
            return PointerText.Empty;
        if (text == Release)
            return new PointerReading { Names = [new PointedName(pointer.Kind, Release, text)] };
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? new PointerReading { Names = [new PointedName(pointer.Kind, string.Create(CultureInfo.InvariantCulture, $"iter_{step:D7}"), text)] }
            : throw PointerText.Unreadable(pointer);
    }

    public override bool IsPointerName(string fileName) => fileName == Pointer;

    private static long? StepOf(CatalogFolder folder) =>
        FolderName().Match(folder.Name) is { Success: true } match ? long.Parse(match.Groups["step"].Value, CultureInfo.InvariantCulture) : null;

    private static bool IsMegatrons(CatalogFolder folder) =>
        DistributedCheckpoint.IsIn(folder)
        || folder.Folders.Any(static f => RankName().IsMatch(f.Name) && f.Files.Exists(static file => IsState(file.Name)))
        || (folder.Find(Config) is not null && folder.Folders.Any(static f => f.Find(".zarray") is not null));

    /// <summary>
    /// Megatron Bridge writes these beside any format, of which that of FSDP has no configuration. What was imported, as iteration 0, may have another one
    /// (NVIDIA-NeMo/Megatron-Bridge: src/megatron/bridge/training/checkpointing.py, save_checkpoint).
    /// </summary>
    private static bool IsBridges(CatalogFolder folder) => folder.Find("train_state.pt") is not null && folder.Find("run_config.yaml") is not null;

    /// <summary>Every rank has the files that any rank has; <c>distrib_optim.pt</c> is only there with a distributed optimizer.</summary>
    private static string? RanksProblem(UnitClaim unit)
    {
        var files = unit.Objects.Select(o => o.Key[unit.KeyPrefix.Length..].Split('/'))
            .Where(static p => p.Length == 2 && RankName().IsMatch(p[0]) && IsState(p[1]))
            .GroupBy(static p => (File: p[1], RankedName.Parse(p[0]).Template), static p => RankedName.Parse(p[0])).ToArray();
        if (files.Length == 0)
            return null;
        if (!files.Any(static g => IsModel(g.Key.File)))
            return "its model states are missing";
        var axes = files.Max(static g => g.First().Ranks.Count);
        int[] sizes = [.. Enumerable.Range(0, axes).Select(axis => files.SelectMany(static g => g).Where(r => r.Ranks.Count > axis).Max(r => r.Ranks[axis]) + 1)];
        return files.Select(g => (g.Key.File, Rank: RankGrid.Missing([.. g], sizes))).FirstOrDefault(static m => m.Rank is not null) is { File: not null } missing
            ? $"{missing.Rank}/{missing.File} is missing, and other ranks have theirs"
            : null;
    }

    private static async Task<string?> ConfigProblemAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        if (unit.Objects.FirstOrDefault(o => o.Key == unit.KeyPrefix + Config) is not { } config)
            return null;
        try
        {
            var content = await inspector.ReadTextAsync(config, cancellationToken).ConfigureAwait(false);
            using var json = PythonJson.Parse(content ?? []);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("sharded_backend", out _)
                ? null
                : $"{Config} does not say how the rest is stored";
        }
        catch (JsonException)
        {
            return $"{Config} cannot be parsed";
        }
    }

    private static IEnumerable<Storage.StoredObject> FirstRank(CatalogFolder folder) => folder.Folders
        .Where(static f => FirstRankName().IsMatch(f.Name)).SelectMany(static f => f.Files).Where(static f => IsModel(f.Name)).Select(static f => f.Object);

    private static bool IsState(string name) => name is "distrib_optim.pt" or "optim.pt" || IsModel(name);

    private static bool IsModel(string name) => name is "model_optim_rng.pt" or "model_rng.pt";

    [GeneratedRegex(@"^iter_(?<step>\d{7,18})$", RegexOptions.CultureInvariant)]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^mp_rank_\d{1,9}(_\d{1,9}){0,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex RankName();

    [GeneratedRegex(@"^mp_rank_0+(_0+){0,2}$", RegexOptions.CultureInvariant)]
    private static partial Regex FirstRankName();
}
