using System.Globalization;
using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Reporting;

namespace Trainctl.Review.Html;

/// <summary>Draws each run as a rectangle of its size, and in it its checkpoints, coloured by their state.</summary>
internal static class RunTreemap
{
    private const double Width = 960;
    private const double Height = 420;
    private const double TitleHeight = 20;
    private const double CharacterWidth = 7.4;

    /// <summary>More rectangles than this are too small to see.</summary>
    private const int MaxRuns = 60;
    private const int MaxUnits = 150;

    public static string Draw(IReadOnlyList<CheckpointRun> runs)
    {
        var sized = runs.Select(static r => (Run: r, Bytes: r.Units.Sum(static u => u.Bytes))).Where(static r => r.Bytes > 0)
            .OrderByDescending(static r => r.Bytes).ThenBy(static r => r.Run.Name, StringComparer.Ordinal).ToArray();
        if (sized.Length == 0)
            return "";
        var shown = sized.Take(MaxRuns).ToArray();
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"")
            .AppendText($"{HumanText.Count(sized.Length, "run")} by size").Append("\">\n");
        var boxes = Squarify.Divide(new Box(0, 0, Width, Height), [.. shown.Select(static r => (double)r.Bytes)]);
        foreach (var ((run, bytes), box) in shown.Zip(boxes))
            DrawRun(svg, run, bytes, box);
        svg.Append("</svg>\n<p class=\"legend\"><i style=\"background: var(--good)\"></i>complete<i style=\"background: var(--bad)\"></i>incomplete"
            + "<i style=\"background: var(--wait)\"></i>in flight");
        if (sized.Length > shown.Length)
            svg.AppendText($". {HumanText.Count(sized.Length - shown.Length, "smaller run")} not drawn");
        return svg.Append("</p>\n").ToString();
    }

    private static void DrawRun(StringBuilder svg, CheckpointRun run, long bytes, Box box)
    {
        var title = $"{run.Name}: {HumanText.Count(run.Units.Count, "checkpoint")}, {HumanText.Size(bytes)}";
        svg.Append("<g><title>").AppendText(title).Append("</title>");
        AppendBox(svg, "run", box);
        var hasTitle = box is { Width: > 60, Height: > 44 };
        if (hasTitle)
            AppendLabel(svg, $"{run.Name}  {HumanText.Size(bytes)}", "", box.X + 6, box.Y + 14, box.Width - 10);
        svg.Append("</g>\n");
        var units = run.Units.OrderByDescending(static u => u.Bytes).ThenBy(static u => u.Path, StringComparer.Ordinal).Take(MaxUnits).ToArray();
        var inner = box.Inset(2, hasTitle ? TitleHeight : 2);
        foreach (var (unit, place) in units.Zip(Squarify.Divide(inner, [.. units.Select(static u => (double)u.Bytes)])))
            DrawUnit(svg, unit, place);
    }

    private static void DrawUnit(StringBuilder svg, CheckpointUnit unit, Box box)
    {
        if (box.Width < 1 || box.Height < 1)
            return;
        var state = unit.State switch { CheckpointState.Complete => "complete", CheckpointState.Incomplete => "incomplete", _ => "flight" };
        var why = unit.StateReason is { } reason ? $": {reason}" : "";
        svg.Append("<g><title>").AppendText($"{unit.Path}, {HumanText.Size(unit.Bytes)}, {CheckpointText.State(unit.State)}{why}").Append("</title>");
        AppendBox(svg, $"unit {state}", box);
        if (box is { Width: > 44, Height: > 18 })
            AppendLabel(svg, unit.Path[(unit.Path.LastIndexOf('/') + 1)..], $"{state}-text", box.X + 4, box.Y + 14, box.Width - 8);
        svg.Append("</g>\n");
    }

    private static void AppendBox(StringBuilder svg, string style, Box box) =>
        svg.Append($"<rect class=\"{style}\" x=\"{HtmlText.Length(box.X)}\" y=\"{HtmlText.Length(box.Y)}\" ")
            .Append($"width=\"{HtmlText.Length(box.Width)}\" height=\"{HtmlText.Length(box.Height)}\"/>");

    /// <summary>Names are told apart by their ends, so the beginning is cut.</summary>
    private static void AppendLabel(StringBuilder svg, string text, string style, double x, double y, double room)
    {
        var fits = (int)(room / CharacterWidth);
        if (fits < 3)
            return;
        if (text.Length > fits)
        {
            var start = text.Length - fits + 1;
            text = "…" + text[(char.IsLowSurrogate(text[start]) ? start + 1 : start)..];
        }

        svg.Append($"<text class=\"{style}\" x=\"{HtmlText.Length(x)}\" y=\"{HtmlText.Length(y)}\">").AppendText(text).Append("</text>");
    }
}
