using System.Text.Json;
using System.Text.Json.Serialization;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;

namespace Trainctl.Retention.Planning;

/// <summary>Plans as JSON.</summary>
internal static class PrunePlanJson
{
    public static string Write(PrunePlan plan) => JsonSerializer.Serialize(plan, PrunePlanJsonContext.Default.PrunePlan) + "\n";

    public static PrunePlan Read(string json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("version", out var version)
                || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number < 1)
            {
                throw Invalid(name, "it has no version number.", null);
            }

            if (number > PrunePlan.CurrentVersion)
            {
                throw new TrainctlException(
                    TrainctlError.InvalidFile,
                    $"The prune plan '{name}' has version {number}, and this Trainctl reads up to version {PrunePlan.CurrentVersion}. Update Trainctl, or make the plan anew.",
                    name);
            }

            var plan = document.RootElement.Deserialize(PrunePlanJsonContext.Default.PrunePlan) ?? throw Invalid(name, "it holds null.", null);
            ThrowIfInvalid(plan, name);
            return plan;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw Invalid(name, exception.Message, exception);
        }
    }

    /// <summary>Fails when a plan contradicts itself, wherever it comes from.</summary>
    public static void ThrowIfInvalid(PrunePlan plan, string name)
    {
        if (ProblemOf(plan) is { } problem)
            throw Invalid(name, problem, null);
    }

    /// <summary>What a plan that Trainctl wrote never has. JSON may hold null where the types say that there is none.</summary>
    private static string? ProblemOf(PrunePlan plan)
    {
        if (plan is not { Location: not null, Policy: not null, Limits: not null, Units: not null, ExpiredTrash: not null })
            return "a field is null.";
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var unit in plan.Units)
        {
            if (unit is not { Path.Length: > 0, Layout: not null, Run: not null, Reasons: not null, Objects: not null })
                return "a checkpoint has no path, layout, run, reasons or objects.";
            var prefix = unit.IsFolder ? unit.Path + "/" : unit.Path[..(unit.Path.LastIndexOf('/') + 1)];
            if (unit.Objects.FirstOrDefault(o => o?.Key is null || o.Key.Length <= prefix.Length || !o.Key.StartsWith(prefix, StringComparison.Ordinal)) is { } stray)
                return $"'{stray.Key}' is listed for '{unit.Path}', and is not part of it.";
            if (unit.Objects.Any(static o => o is null))
                return $"'{unit.Path}' lists null.";
            if (unit.Decision == PlannedDecision.Keep && unit.Objects.Count > 0)
                return $"'{unit.Path}' is kept, and has objects to delete.";
            if (unit.Objects.FirstOrDefault(o => !keys.Add(o.Key)) is { } twice)
                return $"'{twice.Key}' is listed twice.";
        }

        return ProblemOf(plan.ExpiredTrash, plan.Trash);
    }

    private static string? ProblemOf(IReadOnlyList<PlannedObject> expired, string? trash) =>
        expired.All(o => o?.Key is not null && trash is not null && TrashName.FolderOfKey(trash, o.Key) is not null)
            ? null
            : "expiredTrash lists what is not in the trash.";

    private static TrainctlException Invalid(string name, string why, Exception? cause) => new(
        TrainctlError.InvalidFile, $"The prune plan '{name}' cannot be used: {why} Make it anew by a dry run with PlanFile.", name, cause);
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PrunePlan))]
internal sealed partial class PrunePlanJsonContext : JsonSerializerContext;
