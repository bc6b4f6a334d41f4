using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Reporting;

namespace Trainctl.Review;

/// <summary>What is at a location.</summary>
public sealed record ReviewReport : Report
{
    /// <summary>The location.</summary>
    public required string Location { get; init; }

    /// <summary>Objects and bytes by kind; kinds without objects are left out.</summary>
    public required IReadOnlyList<KindTotal> Kinds { get; init; }

    /// <summary>The runs with their checkpoints.</summary>
    public required IReadOnlyList<CheckpointRun> Runs { get; init; }

    /// <summary>The largest objects, largest first.</summary>
    public required IReadOnlyList<ReviewedObject> Largest { get; init; }

    /// <summary>Every object in key order, when the settings asked for it.</summary>
    public IReadOnlyList<ReviewedObject> AllObjects { get; init; } = [];

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        $"{Operation}: {Location}",
        [
            new ReportTable(
                "By kind:",
                [new("kind"), new("objects", AlignRight: true), new("size", AlignRight: true)],
                [.. Kinds.Select(static k => (IReadOnlyList<string>)[k.Kind.ToString().ToLowerInvariant(), Number(k.Objects), HumanText.Size(k.Bytes)])]),
            new ReportTable(
                "By run:",
                [new("run"), new("layout"), new("checkpoints", AlignRight: true), new("size", AlignRight: true), new("oldest"), new("newest complete"), new("saved")],
                [.. Runs.Select(RunRow)]),
            new ReportTable(
                "Not complete:",
                [new("checkpoint"), new("state"), new("why")],
                [
                    .. Runs.SelectMany(static r => r.Units).Where(static u => u.State != CheckpointState.Complete)
                        .Select(static u => (IReadOnlyList<string>)[u.Path, CheckpointText.State(u.State), u.StateReason ?? ""]),
                ]),
            ObjectTable("Largest:", Largest),
            ObjectTable("All:", AllObjects),
            new ReportTable("Not listed:", [new("object"), new("problem")], [.. Problems.Select(static p => (IReadOnlyList<string>)[p.Key, p.Message])]),
        ],
        [$"{HumanText.Count(Kinds.Sum(static k => k.Objects), "object")}, {HumanText.Size(Kinds.Sum(static k => k.Bytes))}; took {HumanText.Duration(Duration)}.", .. Notes]);

    private static IReadOnlyList<string> RunRow(CheckpointRun run) =>
    [
        run.Name,
        run.Layout,
        Number(run.Units.Count),
        HumanText.Size(run.Units.Sum(static u => u.Bytes)),
        run.Units[0].Path,
        run.NewestComplete?.Path ?? "none",
        run.NewestComplete is { } newest ? HumanText.Time(newest.ModifiedAt) : "",
    ];

    private static ReportTable ObjectTable(string title, IReadOnlyList<ReviewedObject> objects) => new(
        title,
        [new("object"), new("kind"), new("size", AlignRight: true), new("modified")],
        [.. objects.Select(static o => (IReadOnlyList<string>)[o.Key, o.Kind.ToString().ToLowerInvariant(), HumanText.Size(o.Size), HumanText.Time(o.ModifiedAt)])]);

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}

/// <summary>How much there is of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Objects">How many objects.</param>
/// <param name="Bytes">Their size together.</param>
public sealed record KindTotal(ArtifactKind Kind, long Objects, long Bytes);

/// <summary>One object of a review.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When the store took it in.</param>
public sealed record ReviewedObject(string Key, ArtifactKind Kind, long Size, DateTimeOffset ModifiedAt);
