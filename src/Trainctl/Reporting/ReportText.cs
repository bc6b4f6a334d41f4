using System.Text;

namespace Trainctl.Reporting;

/// <summary>Draws a report as plain text with aligned columns, for a terminal or a log.</summary>
public static class ReportText
{
    /// <summary>The whole report; lines end with <c>\n</c>.</summary>
    public static string Render(ReportDocument document)
    {
        var text = new StringBuilder();
        text.Append(VisibleText.Of(document.Title)).Append('\n');
        foreach (var table in document.Tables.Where(static t => t.Rows.Count > 0))
        {
            text.Append('\n');
            if (table.Title is not null)
                text.Append(VisibleText.Of(table.Title)).Append('\n');
            AppendTable(text, table);
        }

        if (document.Lines.Count > 0)
            text.Append('\n');
        foreach (var line in document.Lines)
            text.Append(VisibleText.Of(line)).Append('\n');
        return text.ToString();
    }

    private static void AppendTable(StringBuilder text, ReportTable table)
    {
        var rows = table.Rows.Select(static row => row.Select(VisibleText.Of).ToArray()).ToArray();
        var widths = table.Columns
            .Select((column, i) => Math.Max(column.Name.Length, rows.Max(row => row[i].Length)))
            .ToArray();
        AppendRow(text, table.Columns, widths, [.. table.Columns.Select(static c => c.Name)]);
        foreach (var row in rows)
            AppendRow(text, table.Columns, widths, row);
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<ReportColumn> columns, int[] widths, string[] cells)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            line.Append("  ");
            line.Append(columns[i].AlignRight ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]));
        }

        text.Append(line.ToString().TrimEnd()).Append('\n');
    }
}
