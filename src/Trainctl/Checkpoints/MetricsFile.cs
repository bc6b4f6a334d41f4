using System.Text.Json;
using Trainctl.Checkpoints.Formats;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>
/// Files with metrics in or beside a checkpoint of any layout: flat JSON with numbers. <c>eval_results.json</c> and <c>all_results.json</c> are those of
/// Hugging Face's scripts (huggingface/transformers: src/transformers/trainer_pt_utils.py, save_metrics).
/// </summary>
internal static class MetricsFile
{
    /// <summary>The end of the name beside a file.</summary>
    public const string Suffix = ".metrics.json";

    /// <summary>Far more than numbers by name need: what is longer is a log.</summary>
    private const long MaxLength = 1024 * 1024;

    /// <summary>Names inside a folder; what an earlier one says wins.</summary>
    private static readonly string[] Names = ["metrics.json", "eval_results.json", "all_results.json"];

    /// <summary>Adds what metrics files say and the framework does not.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> AddAsync(
        IReadOnlyDictionary<string, double> known, UnitClaim claim, ObjectProbe probe, CancellationToken cancellationToken)
    {
        var files = Files(claim).Where(static f => f.Size <= MaxLength).ToArray();
        if (files.Length == 0)
            return known;
        var metrics = known.ToDictionary(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var (name, value) in Read(await probe.ReadAsync(file, 0, file.Size, cancellationToken).ConfigureAwait(false)))
                metrics.TryAdd(name, value);
        }

        return metrics;
    }

    /// <summary>A metric's value: NaN when it was recorded and is no finite number, null when it is no number at all.</summary>
    public static double? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetDouble(out var number) && double.IsFinite(number) => number,
        JsonValueKind.Number or JsonValueKind.Null => double.NaN,
        _ => null,
    };

    private static IEnumerable<StoredObject> Files(UnitClaim claim) => claim.IsFolder
        ? Names.SelectMany(name => claim.Objects.Where(o => o.Key == $"{claim.Path}/{name}"))
        : claim.Sidecars.Where(static o => o.Key.EndsWith(Suffix, StringComparison.Ordinal));

    private static Dictionary<string, double> Read(byte[] content)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        try
        {
            using var json = PythonJson.Parse(content);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return metrics;
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name is not ("step" or "epoch") && Value(property.Value) is { } value)
                    metrics[property.Name] = value;
            }
        }
        catch (JsonException)
        {
            metrics.Clear();
        }

        return metrics;
    }
}
