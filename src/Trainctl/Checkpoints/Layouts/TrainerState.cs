using System.Globalization;
using System.Text.Json;
using Trainctl.Checkpoints.Formats;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// What Trainctl takes from <c>trainer_state.json</c> (huggingface/transformers: src/transformers/trainer_callback.py, TrainerState).
/// </summary>
internal sealed record TrainerState
{
    public const string FileName = "trainer_state.json";

    public required long Step { get; init; }

    public double? Epoch { get; init; }

    /// <summary>What was logged at exactly this step, and the best metric so far. A value that is no finite number is NaN.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    public required IReadOnlyList<PointedName> Best { get; init; }

    /// <summary>Reads the file, or null when it is not one.</summary>
    public static TrainerState? Read(byte[] content)
    {
        try
        {
            using var json = PythonJson.Parse(content);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Integer(root, "global_step") is not { } step)
                return null;
            return new TrainerState { Step = step, Epoch = Number(root, "epoch"), Metrics = ReadMetrics(root, step), Best = ReadBest(root) };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, double> ReadMetrics(JsonElement root, long step)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        if (root.TryGetProperty("log_history", out var history) && history.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in history.EnumerateArray())
            {
                if (entry.ValueKind != JsonValueKind.Object || Integer(entry, "step") != step)
                    continue;
                foreach (var value in entry.EnumerateObject())
                {
                    if (value.Name is not ("step" or "epoch") && MetricsFile.Value(value.Value) is { } number)
                        metrics[value.Name] = number;
                }
            }
        }

        if (Number(root, "best_metric") is { } best)
            metrics["best_metric"] = best;
        return metrics;
    }

    /// <summary>
    /// The path is the one of the machine that wrote it: absolute or not, with either separator, and perhaps dead. Only its last segment tells something.
    /// </summary>
    private static List<PointedName> ReadBest(JsonElement root)
    {
        var best = new List<PointedName>();
        if (Integer(root, "best_global_step") is > 0 and { } step)
            best.Add(new PointedName(PointerKind.Best, string.Create(CultureInfo.InvariantCulture, $"checkpoint-{step}"), $"best_global_step {step}"));
        if (root.TryGetProperty("best_model_checkpoint", out var path) && path.ValueKind == JsonValueKind.String)
        {
            var text = path.GetString()!;
            var name = text.TrimEnd('/', '\\');
            name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
            if (name.Length > 0 && !best.Exists(b => b.Name == name))
                best.Add(new PointedName(PointerKind.Best, name, text));
        }

        return best;
    }

    private static long? Integer(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static double? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : null;
}
