using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Leftovers;
using Trainctl.Reporting;

namespace Trainctl.Review;

/// <summary>Lays a review out for reading.</summary>
internal static class ReviewDocument
{
    public static ReportDocument Of(ReviewReport report) => new(
        $"{report.Operation}: {report.Location}",
        [
            new ReportTable(
                "By kind:",
                [new("kind"), new("objects", AlignRight: true), new("size", AlignRight: true)],
                [.. report.Kinds.Select(static k => (IReadOnlyList<string>)[k.Kind.ToString().ToLowerInvariant(), Number(k.Objects), HumanText.Size(k.Bytes)])]),
            new ReportTable(
                "By run:",
                [
                    new("run"), new("layout"), new("checkpoints", AlignRight: true), new("incomplete", AlignRight: true), new("in flight", AlignRight: true),
                    new("size", AlignRight: true), new("oldest"), new("newest complete"), new("saved"),
                ],
                [.. report.Runs.Zip(report.Health, RunRow)]),
            new ReportTable(
                "Not complete:",
                [new("checkpoint"), new("state"), new("why")],
                [
                    .. report.Runs.SelectMany(static r => r.Units).Where(static u => u.State != CheckpointState.Complete)
                        .Select(static u => (IReadOnlyList<string>)[u.Path, CheckpointText.State(u.State), u.StateReason ?? ""]),
                ]),
            new ReportTable(
                "Dangling pointers:",
                [new("pointer"), new("problem")],
                [.. report.DanglingPointers.Select(static p => (IReadOnlyList<string>)[p.Key, p.Problem])]),
            new ReportTable(
                "Orphaned shards:",
                [new("shards"), new("objects", AlignRight: true), new("size", AlignRight: true), new("problem")],
                [.. report.OrphanedShards.Select(static s => (IReadOnlyList<string>)[s.Name, Number(s.Objects), HumanText.Size(s.Bytes), s.Problem])]),
            new ReportTable(
                "Duplicates:",
                [new("objects"), new("copies", AlignRight: true), new("size of each", AlignRight: true), new("wasted", AlignRight: true)],
                [.. report.Duplicates.Select(static d => (IReadOnlyList<string>)[Names(d.Keys), Number(d.Keys.Count), HumanText.Size(d.Bytes), HumanText.Size(d.WastedBytes)])]),
            ObjectTable("Largest:", report.Largest),
            ObjectTable("All:", report.AllObjects),
            TransferTables.Unlisted(report),
        ],
        [.. Lines(report)]);

    private static IEnumerable<string> Lines(ReviewReport report)
    {
        yield return $"{HumanText.Count(report.Kinds.Sum(static k => k.Objects), "object")}, {HumanText.Size(report.Kinds.Sum(static k => k.Bytes))}; "
            + $"took {HumanText.Duration(report.Duration)}.";
        if (report.Leftovers is { } leftovers)
        {
            foreach (var line in Lines(leftovers))
                yield return line;
        }

        if (report.WouldFree is { } preview)
            yield return $"The policy would remove {HumanText.Count(preview.Checkpoints, "checkpoint")} and free {HumanText.Size(preview.Bytes)}.";
        foreach (var gate in report.FailedGates)
            yield return $"FAILED: {gate}.";
        foreach (var note in report.Notes)
            yield return note;
    }

    private static IEnumerable<string> Lines(BucketLeftovers leftovers)
    {
        if (leftovers.IsVersioned)
        {
            yield return $"The bucket is versioned: {HumanText.Count(leftovers.HiddenVersions, "hidden version")} ({HumanText.Size(leftovers.HiddenBytes)}) "
                + "behind the current objects. Deleting adds to them, and frees nothing until they are removed too.";
        }

        if (leftovers.UnfinishedUploads > 0)
        {
            var unknown = leftovers.UploadsOfUnknownAge == 0 ? ""
                : $" The store does not tell when {(leftovers.OldestUploadAt is not null ? $"{leftovers.UploadsOfUnknownAge} of them" : leftovers.UnfinishedUploads == 1 ? "it" : "they")} "
                + $"{(leftovers.UploadsOfUnknownAge == 1 ? "was" : "were")} begun.";
            yield return $"{HumanText.Count(leftovers.UnfinishedUploads, "unfinished upload")} ({HumanText.Size(leftovers.UnfinishedBytes)})"
                + (leftovers.OldestUploadAt is { } oldest ? $", the oldest of {HumanText.Time(oldest)}." : ".") + unknown;
        }
    }

    private static IReadOnlyList<string> RunRow(CheckpointRun run, RunHealth health) =>
    [
        run.Name,
        run.Layout,
        Number(run.Units.Count),
        Number(health.Incomplete),
        Number(health.InFlight),
        HumanText.Size(health.Bytes),
        run.Units[0].Path,
        run.NewestComplete?.Path ?? "none",
        run.NewestComplete is { } newest ? HumanText.Time(newest.ModifiedAt) : "",
    ];

    private static string Names(IReadOnlyList<string> keys) => keys.Count <= 2 ? string.Join(" = ", keys) : $"{keys[0]} = {keys[1]} = {keys.Count - 2} more";

    private static ReportTable ObjectTable(string title, IReadOnlyList<ReviewedObject> objects) => new(
        title,
        [new("object"), new("kind"), new("size", AlignRight: true), new("modified")],
        [.. objects.Select(static o => (IReadOnlyList<string>)[o.Key, o.Kind.ToString().ToLowerInvariant(), HumanText.Size(o.Size), HumanText.Time(o.ModifiedAt)])]);

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
