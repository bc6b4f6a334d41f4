using System.Text.Json;
using Trainctl.Checkpoints.Formats;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Ray Train's own list of a run's checkpoints with their metrics, read once for all of them
/// (ray-project/ray: python/ray/train/v2/_internal/execution/checkpoint/checkpoint_manager.py, _CheckpointManagerState).
/// </summary>
internal sealed class RaySnapshot(StoredObject found)
{
    public const string FileName = "checkpoint_manager_snapshot.json";

    private readonly Lock _gate = new();
    private Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>?>? _reading;

    /// <summary>Metrics of all checkpoints listed, by the names of their folders; null when the list cannot be parsed.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>?> ReadAsync(UnitInspector inspector, CancellationToken cancellationToken)
    {
        lock (_gate)
            return _reading ??= ReadOnceAsync(inspector, cancellationToken);
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>?> ReadOnceAsync(
        UnitInspector inspector, CancellationToken cancellationToken)
    {
        var content = await inspector.ReadTextAsync(found, cancellationToken).ConfigureAwait(false);
        try
        {
            using var json = PythonJson.Parse(content ?? []);
            return Read(json.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, IReadOnlyDictionary<string, double>>? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("checkpoint_results", out var results) || results.ValueKind != JsonValueKind.Array)
            return null;
        var entries = results.EnumerateArray().ToList();
        if (root.TryGetProperty("latest_checkpoint_result", out var latest) && latest.ValueKind != JsonValueKind.Null)
            entries.Add(latest);
        var listed = new Dictionary<string, IReadOnlyDictionary<string, double>>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("checkpoint_dir_name", out var name) || name.ValueKind != JsonValueKind.String)
                return null;
            listed[name.GetString()!.TrimEnd('/')] = Metrics(entry);
        }

        return listed;
    }

    private static Dictionary<string, double> Metrics(JsonElement entry)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        if (entry.TryGetProperty("metrics", out var values) && values.ValueKind == JsonValueKind.Object)
        {
            foreach (var value in values.EnumerateObject())
            {
                if (MetricsFile.Value(value.Value) is { } number)
                    metrics[value.Name] = number;
            }
        }

        return metrics;
    }
}
