using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Storage;

namespace Trainctl.Tests.Retention;

/// <summary>Runs made of nothing but what retention looks at.</summary>
internal static class RetentionScene
{
    public static readonly DateTimeOffset Now = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);

    public static CheckpointUnit Unit(string run, long step, double hour, bool isComplete = true, string? untouchable = null)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{run}/checkpoint-{step}");
        return new CheckpointUnit
        {
            Path = path,
            Layout = "test",
            Run = run,
            Step = step,
            Objects = [new StoredObject { Key = path + "/model", Size = 1, ModifiedAt = Now }],
            ModifiedAt = Now.AddHours(hour - 1000),
            State = isComplete ? CheckpointState.Complete : CheckpointState.Incomplete,
            StateReason = isComplete ? null : "a shard is missing",
            Untouchable = untouchable,
            ManifestKey = path + "/manifest",
            KeyPrefix = path + "/",
        };
    }

    public static CheckpointUnit With(this CheckpointUnit unit, string metric, double value) => double.IsFinite(value)
        ? unit with { Metrics = new Dictionary<string, double>(unit.Metrics) { [metric] = value } }
        : unit with { NonFiniteMetrics = [.. unit.NonFiniteMetrics, metric] };

    public static CheckpointUnit Sized(this CheckpointUnit unit, long bytes) => unit with { Objects = [unit.Objects[0] with { Size = bytes }] };

    public static CheckpointUnit Pinned(this CheckpointUnit unit) => unit with { Pin = $"pinned by {unit.Path}/.trainctl-keep" };

    /// <summary>All decisions, one a line, as goldens have them.</summary>
    public static string Text(IEnumerable<RetentionDecision> decisions) =>
        string.Concat(decisions.Select(static d => $"{d.Unit.Path} ({d.Unit.State}): {(d.Keep ? "keep" : "remove")}, {d.Why}\n"));

    public static CheckpointRun Run(params IEnumerable<CheckpointUnit> units) => CatalogReader.RunOf(units.First().Run, "test", units);

    public static CheckpointPointer Pointer(PointerKind kind, string key, params string[] targets) => new() { Kind = kind, Key = key, Text = "text", Targets = targets };
}
