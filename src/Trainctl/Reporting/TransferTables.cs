namespace Trainctl.Reporting;

/// <summary>The tables and totals that every report about moved objects has.</summary>
internal static class TransferTables
{
    /// <summary>Rows of a table that nobody asked to see in full.</summary>
    private const int ShortTable = 20;

    public static string Title(string operation, string source, string destination, bool dryRun) =>
        $"{operation}: {source} -> {destination}{(dryRun ? " (dry run: nothing was changed)" : "")}";

    public static IReadOnlyList<ReportTable> Tables(Report report, bool detailed)
    {
        var fine = report.Objects.Where(static o => o.Error is null).ToArray();
        var shown = detailed || fine.Length <= ShortTable ? fine : fine[..ShortTable];
        return
        [
            new ReportTable(
                null,
                [new("object"), new("action"), new("size", AlignRight: true), new("why")],
                [
                    .. shown.Select(static o => (IReadOnlyList<string>)[o.Key, Verb(o), HumanText.Size(o.Bytes), o.Reason]),
                    .. shown.Length < fine.Length ? [[$"... and {HumanText.Count(fine.Length - shown.Length, "more object")}", "", "", ""]] : (string[][])[],
                ]),
            Failures(report.DryRun ? "Would not be done:" : "Not done:", report.Objects),
            Unlisted(report),
        ];
    }

    /// <summary>Objects that failed or were refused, with the reason.</summary>
    public static ReportTable Failures(string title, IEnumerable<ObjectOutcome> objects) => new(
        title,
        [new("object"), new("code"), new("error")],
        [.. objects.Where(static o => o.Error is not null).Select(static o => (IReadOnlyList<string>)[o.Key, o.ErrorCode ?? "", o.Error ?? ""])]);

    /// <summary>What listings met and could not list.</summary>
    public static ReportTable Unlisted(Report report) => new(
        "Not listed:",
        [new("object"), new("problem")],
        [.. report.Problems.Select(static p => (IReadOnlyList<string>)[p.Key, p.Message])]);

    /// <summary>A sentence about copies that nothing but their size proves; none where there are no such.</summary>
    public static IEnumerable<string> Unproven(Report report)
    {
        var unproven = report.Objects.Where(static o => o is { Proof: TransferProof.Size, Error: null }).ToArray();
        if (unproven.Length > 0)
        {
            yield return $"Nothing but the size proves {HumanText.Count(unproven.Length, "object")} ({HumanText.Size(unproven.Sum(static o => o.Bytes))}), "
                + $"'{unproven[0].Key}' among them: the store keeps no checksum of the content that could be compared.";
        }
    }

    public static string Total(Report report, string unchanged)
    {
        var parts = new List<string>();
        Add(ObjectAction.Copy, report.DryRun ? "would be copied" : "copied");
        Add(ObjectAction.Delete, report.DryRun ? "would be deleted" : "deleted");
        var failed = report.Objects.Count(static o => o.Error is not null);
        if (failed > 0)
            parts.Add($"{HumanText.Count(failed, "object")} {(report.DryRun ? "would not be done" : "not done")}");
        parts.Add(unchanged);
        return $"{string.Join(", ", parts)}; took {HumanText.Duration(report.Duration)}.";

        void Add(ObjectAction action, string verb)
        {
            var done = report.Objects.Where(o => o.Action == action && o.Error is null).ToArray();
            if (done.Length > 0)
                parts.Add($"{HumanText.Count(done.Length, "object")} {verb} ({HumanText.Size(done.Sum(static o => o.Bytes))})");
        }
    }

    private static string Verb(ObjectOutcome outcome) => (outcome.Action, outcome.Result) switch
    {
        (ObjectAction.Copy, OutcomeResult.Planned) => "would copy",
        (ObjectAction.Copy, _) => "copied",
        (ObjectAction.Delete, OutcomeResult.Planned) => "would delete",
        _ => "deleted",
    };
}
