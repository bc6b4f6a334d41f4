using System.Text;

namespace Trainctl.Reporting;

/// <summary>Draws a report as Markdown (GitHub's flavour), for the summary page of a CI run.</summary>
public static class ReportMarkdown
{
    /// <summary>The whole report; lines end with <c>\n</c>.</summary>
    public static string Render(ReportDocument document)
    {
        var text = new StringBuilder();
        text.Append("### ").Append(Escape(document.Title)).Append('\n');
        foreach (var table in document.Tables.Where(static t => t.Rows.Count > 0))
        {
            text.Append('\n');
            if (table.Title is not null)
                text.Append("**").Append(Escape(table.Title)).Append("**\n\n");
            text.Append("| ").AppendJoin(" | ", table.Columns.Select(static c => Escape(c.Name))).Append(" |\n");
            text.Append("| ").AppendJoin(" | ", table.Columns.Select(static c => c.AlignRight ? "---:" : "---")).Append(" |\n");
            foreach (var row in table.Rows)
                text.Append("| ").AppendJoin(" | ", row.Select(Escape)).Append(" |\n");
        }

        if (document.Lines.Count > 0)
            text.Append('\n');
        foreach (var line in document.Lines)
            text.Append("- ").Append(Escape(line)).Append('\n');
        return text.ToString();
    }

    private static string Escape(string cell)
    {
        var text = new StringBuilder(cell.Length);
        foreach (var c in cell)
        {
            if (c is '\\' or '`' or '*' or '_' or '|' or '[' or ']' or '<' or '>' or '#')
                text.Append('\\');
            text.Append(char.IsControl(c) ? ' ' : c);
        }

        return text.ToString();
    }
}
