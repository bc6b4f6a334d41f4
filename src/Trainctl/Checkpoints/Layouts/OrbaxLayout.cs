using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Trainctl.Checkpoints.Formats;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Step folders of Orbax, which Flax uses too: <c>500</c> or <c>PREFIX_500</c>, under a temporary name until they are whole
/// (google/orbax: checkpoint/orbax/checkpoint/_src/path/step.py, temporary_paths.py); where a store cannot rename, <c>commit_success.txt</c> is written
/// last instead (atomicity_types.py). A folder that is only named <c>7</c> is none: it must hold files that only Orbax writes. Items lie in folders
/// inside; metrics are the item <c>metrics</c> (checkpoint/orbax/checkpoint/checkpoint_manager.py).
/// </summary>
internal sealed partial class OrbaxLayout : CheckpointLayout
{
    private const string StepMetadata = "_CHECKPOINT_METADATA";
    private const string Commit = "commit_success.txt";
    private const string TreeMetadata = "_METADATA";
    private const string Store = "manifest.ocdbt";
    private const string StoreData = "d";
    private const string MetricsItem = "metrics";
    private static readonly string[] OfItems = [TreeMetadata, Store, "_sharding"];

    public override string Name => "orbax";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var found = folder.Folders.Where(static f => !f.IsClaimed && FolderName().IsMatch(f.Name) && IsOrbax(f)).ToArray();
        foreach (var run in found.GroupBy(static f => FolderName().Match(f.Name).Groups["prefix"].Value))
        {
            var needs = NeedsOf([.. run]);
            foreach (var sub in run)
            {
                claims.AddFolder(sub, FolderClaim.Of(this, sub, run.Key.Length == 0 ? RunName.Of(folder) : RunName.Of(folder, run.Key + "*")) with
                {
                    Step = StepOf(sub),
                    Required = [.. needs.Where(n => n.From < StepOf(sub) && (n.Item is null || ItemsOf(sub).Contains(n.Item))).Select(static n => n.Name)],
                    Markers = [.. ItemMarkers(sub), .. FolderClaim.Markers(sub, StepMetadata, Commit)],
                });
            }
        }
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        if (unit.MissingRequired is { } missing)
            return Judgement.Incomplete($"{missing} is missing, and other steps have theirs");
        if (unit.Objects.Select(o => o.Key[unit.KeyPrefix.Length..]).FirstOrDefault(UnfinishedName.IsIn) is { } unfinished)
            return Judgement.Incomplete($"{unfinished} still has a temporary name");
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var found in unit.Objects.Where(o => IsText(o.Key[unit.KeyPrefix.Length..])).OrderBy(static o => o.Key.Length))
        {
            using var json = await ReadAsync(found, inspector, cancellationToken).ConfigureAwait(false);
            var name = found.Key[unit.KeyPrefix.Length..];
            if (json is null)
                return Judgement.Incomplete($"{name} cannot be parsed");
            if (name == StepMetadata && MissingItem(unit, json.RootElement) is { } item)
                return Judgement.Incomplete($"{item} is missing, and {StepMetadata} lists it");
            if (name == StepMetadata && json.RootElement.TryGetProperty(MetricsItem, out var own))
                AddNumbers(metrics, own);
            if (name == $"{MetricsItem}/{MetricsItem}")
                AddNumbers(metrics, json.RootElement);
        }

        return new Judgement { Problem = StoreProblem(unit), Metrics = metrics };
    }

    /// <summary>The name of a run may end with a number too; then what is in it are steps and no items.</summary>
    private static bool IsOrbax(CatalogFolder folder) =>
        UnfinishedName.Matches(folder.Name) || folder.Find(StepMetadata) is not null
        || IsItem(folder) || folder.Folders.Any(static f => IsItem(f) && !FolderName().IsMatch(f.Name));

    private static IEnumerable<string> ItemsOf(CatalogFolder step) => step.Folders.Where(IsItem).Select(static f => f.Name);

    private static long StepOf(CatalogFolder step) => long.Parse(FolderName().Match(step.Name).Groups["step"].Value, CultureInfo.InvariantCulture);

    /// <summary>
    /// What steps must have, and from which step on: a commit always, where any has one; descriptions only after the first step that has them, because
    /// steps from before an update of Orbax have none and are whole.
    /// </summary>
    private static IReadOnlyList<(string Name, string? Item, long From)> NeedsOf(IReadOnlyList<CatalogFolder> steps)
    {
        var described = steps.Where(static s => s.Find(StepMetadata) is not null).Select(static s => (Name: StepMetadata, Item: (string?)null, From: StepOf(s)));
        var trees = steps.SelectMany(static s => s.Folders.Where(static f => f.Find(TreeMetadata) is not null)
            .Select(f => (Name: $"{f.Name}/{TreeMetadata}", Item: (string?)f.Name, From: StepOf(s))));
        return
        [
            .. steps.Any(static s => s.Find(Commit) is not null) ? [(Commit, null, -1)] : Array.Empty<(string, string?, long)>(),
            .. described.Concat(trees).GroupBy(static n => (n.Name, n.Item), static n => n.From).Select(static g => (g.Key.Name, g.Key.Item, g.Min())),
        ];
    }

    /// <summary>What a process wrote shows it too: a checkpoint that is half removed has nothing else left.</summary>
    private static bool IsItem(CatalogFolder folder) =>
        Array.Exists(OfItems, name => folder.Find(name) is not null) || folder.Folders.Any(static f => ProcessFolder().IsMatch(f.Name));

    private static IEnumerable<Storage.StoredObject> ItemMarkers(CatalogFolder folder) =>
        folder.Folders.Prepend(folder).SelectMany(static f => FolderClaim.Markers(f, TreeMetadata, Store));

    /// <summary>Descriptions that are JSON, all small.</summary>
    private static bool IsText(string name) => name is StepMetadata or $"{MetricsItem}/{MetricsItem}" || TreeMetadataFile().IsMatch(name);

    private static async Task<JsonDocument?> ReadAsync(Storage.StoredObject found, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var content = await inspector.ReadTextAsync(found, cancellationToken).ConfigureAwait(false);
        try
        {
            var json = PythonJson.Parse(content ?? []);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return json;
            json.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An item that the step's description has a handler for, and that has no folder.</summary>
    private static string? MissingItem(UnitClaim unit, JsonElement root) =>
        root.TryGetProperty("item_handlers", out var handlers) && handlers.ValueKind == JsonValueKind.Object
            ? handlers.EnumerateObject().Select(static h => h.Name)
                .FirstOrDefault(name => !unit.Objects.Any(o => o.Key.StartsWith($"{unit.KeyPrefix}{name}/", StringComparison.Ordinal) && !o.Key.EndsWith('/')))
            : null;

    /// <summary>
    /// A store (OCDBT) is a manifest and data files in <c>d</c>. Processes write stores of their own, which are merged under one manifest at the end.
    /// </summary>
    private static string? StoreProblem(UnitClaim unit)
    {
        var parts = unit.Objects.Select(o => (Object: o, Match: StorePart().Match(o.Key[unit.KeyPrefix.Length..]))).Where(static p => p.Match.Success);
        foreach (var item in parts.GroupBy(static p => p.Match.Groups["item"].Value, static p => (p.Object, Part: p.Match.Groups["part"].Value)))
        {
            var manifest = item.FirstOrDefault(static p => p.Part == Store).Object;
            if (manifest is null || manifest.Size == 0)
                return $"{item.Key}{Store} is {(manifest is null ? "missing" : "empty")}";
            if (!item.Any(static p => p.Part == StoreData))
                return $"{item.Key}{StoreData} has no files";
        }

        return null;
    }

    private static void AddNumbers(Dictionary<string, double> metrics, JsonElement values)
    {
        if (values.ValueKind != JsonValueKind.Object)
            return;
        foreach (var value in values.EnumerateObject())
        {
            if (MetricsFile.Value(value.Value) is { } number)
                metrics[value.Name] = number;
        }
    }

    /// <summary>What a process wrote ends with a number as well, and is a part of an item and no step.</summary>
    [GeneratedRegex(@"^(?!ocdbt\.process_\d+$)(?<prefix>(.*_)?)(?<step>\d{1,18})(\.orbax-checkpoint-tmp.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^ocdbt\.process_\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex ProcessFolder();

    [GeneratedRegex(@"^([^/]+/)?_METADATA$", RegexOptions.CultureInvariant)]
    private static partial Regex TreeMetadataFile();

    [GeneratedRegex(@"^(?<item>([^/]+/)?)((?<part>d|ocdbt\.process_\d+)/|(?<part>manifest\.ocdbt)$)", RegexOptions.CultureInvariant)]
    private static partial Regex StorePart();
}
