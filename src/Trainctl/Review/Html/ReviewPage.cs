using System.Globalization;
using System.Text;
using Trainctl.Reporting;

namespace Trainctl.Review.Html;

/// <summary>
/// Draws a review as one HTML page that loads nothing: a storage-over-time chart, a treemap of runs, and the tables of the text. Follows the reader's
/// light or dark setting, and prints in light colours.
/// </summary>
public static class ReviewPage
{
    /// <summary>The page.</summary>
    /// <param name="report">The review.</param>
    /// <param name="madeAt">When it was made, for the page's foot.</param>
    public static string Render(ReviewReport report, DateTimeOffset madeAt)
    {
        ArgumentNullException.ThrowIfNull(report);
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<title>").AppendText($"Review of {report.Location}").Append("</title>\n<style>\n").Append(PageStyle.Css).Append("</style>\n</head>\n<body>\n");
        html.Append("<header><h1>Review of <code>").AppendText(report.Location).Append("</code></h1></header>\n<main>\n");
        AppendGates(html, report);
        AppendCards(html, report);
        html.AppendSection("Storage over time", StorageChart.Draw(report.Growth));
        html.AppendSection("Runs and their checkpoints, by size", RunTreemap.Draw(report.Runs));
        var document = report.Describe();
        foreach (var table in document.Tables.Where(static t => t.Rows.Count > 0))
            AppendTable(html, table);
        html.Append("<section>\n<ul class=\"notes\">\n");
        foreach (var line in document.Lines)
            html.Append("<li>").AppendText(line).Append("</li>\n");
        html.Append("</ul>\n</section>\n</main>\n<footer>Made by Trainctl on ").AppendText(HumanText.Time(madeAt)).Append("</footer>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void AppendGates(StringBuilder html, ReviewReport report)
    {
        if (report.FailedGates.Count == 0)
            return;
        html.Append("<section class=\"failed\" role=\"alert\">\n<h2>Failed</h2>\n<ul>\n");
        foreach (var gate in report.FailedGates)
            html.Append("<li>").AppendText(gate).Append("</li>\n");
        html.Append("</ul>\n</section>\n");
    }

    private static void AppendCards(StringBuilder html, ReviewReport report)
    {
        html.Append("<section class=\"cards\">\n");
        AppendCard(html, "size", HumanText.Size(report.Kinds.Sum(static k => k.Bytes)));
        AppendCard(html, "objects", Number(report.Kinds.Sum(static k => k.Objects)));
        AppendCard(html, "runs", Number(report.Runs.Count));
        AppendCard(html, "complete checkpoints", Number(report.Health.Sum(static h => h.Complete)));
        AppendCard(html, "not complete", Number(report.Health.Sum(static h => h.Incomplete + h.InFlight)), isBad: report.Health.Any(static h => h.Incomplete + h.InFlight > 0));
        AppendCard(html, "dangling pointers", Number(report.DanglingPointers.Count), isBad: report.DanglingPointers.Count > 0);
        if (report.WouldFree is { } preview)
            AppendCard(html, "the policy would free", HumanText.Size(preview.Bytes));
        html.Append("</section>\n");
    }

    private static void AppendCard(StringBuilder html, string name, string value, bool isBad = false) =>
        html.Append("<div class=\"card").Append(isBad ? " bad" : "").Append("\"><b>").AppendText(value).Append("</b><span>").AppendText(name).Append("</span></div>\n");

    private static void AppendTable(StringBuilder html, ReportTable table)
    {
        html.Append("<section>\n");
        if (table.Title is { } title)
            html.Append("<h2>").AppendText(title.TrimEnd(':')).Append("</h2>\n");
        html.Append("<div class=\"scroll\"><table>\n<thead><tr>");
        foreach (var column in table.Columns)
            html.Append(column.AlignRight ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">").AppendText(column.Name).Append("</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>");
            foreach (var (cell, column) in row.Zip(table.Columns))
                html.Append(column.AlignRight ? "<td class=\"n\">" : "<td>").AppendText(cell).Append("</td>");
            html.Append("</tr>\n");
        }

        html.Append("</tbody>\n</table></div>\n</section>\n");
    }

    private static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);
}
