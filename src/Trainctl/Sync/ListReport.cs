using Trainctl.Reporting;

namespace Trainctl.Sync;

/// <summary>What is at a location.</summary>
public sealed record ListReport : Report
{
    /// <summary>The location that keys are relative to: of a single object, the prefix that it is in.</summary>
    public required string Location { get; init; }

    /// <summary>Objects and, in a listing of one level, prefixes; in key order.</summary>
    public required IReadOnlyList<ListedEntry> Entries { get; init; }

    /// <inheritdoc/>
    public override ReportDocument Describe(bool detailed = false) => new(
        $"list: {Location}",
        [
            new ReportTable(
                null,
                [new("modified"), new("size", AlignRight: true), new("key")],
                [.. Entries.Select(static e => (IReadOnlyList<string>)[HumanText.Time(e.ModifiedAt), HumanText.Size(e.Size), e.Key])]),
            new ReportTable("Not listed:", [new("object"), new("problem")], [.. Problems.Select(static p => (IReadOnlyList<string>)[p.Key, p.Message])]),
        ],
        [$"{HumanText.Count(Entries.Sum(static e => e.Objects), "object")}, {HumanText.Size(Entries.Sum(static e => e.Size))}.", .. Notes]);
}

/// <summary>One line of a listing.</summary>
public sealed record ListedEntry
{
    /// <summary>The object's key, or a prefix that ends with <c>/</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Bytes; for a prefix, of all below it.</summary>
    public required long Size { get; init; }

    /// <summary>Objects: 1, or for a prefix how many are below it.</summary>
    public required long Objects { get; init; }

    /// <summary>When the store took it in; for a prefix, the newest below it.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }
}
