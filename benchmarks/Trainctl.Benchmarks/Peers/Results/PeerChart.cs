using System.Globalization;
using System.Text;

namespace Trainctl.Benchmarks.Peers.Results;

/// <summary>A comparison's wall ratios to s5cmd as bars of an SVG, readable on a light and on a dark page. Pure.</summary>
internal static class PeerChart
{
    private const int Width = 760;
    private const int LabelWidth = 300;
    private const int NumberWidth = 60;
    private const int RowHeight = 26;
    private const int Top = 44;
    private const int Bottom = 30;

    // Colours are told apart by lightness too, for those who see no red and green.
    private const string Style = """
        <style>
          text { font: 13px system-ui, sans-serif; fill: #1f2328; }
          .title { font-weight: 600; }
          .faster { fill: #1a7f5a; } .slower { fill: #e07b39; }
          .even { stroke: #59636e; stroke-dasharray: 4 3; }
          @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3; }
            .faster { fill: #3fb98a; } .slower { fill: #f0a067; }
            .even { stroke: #9198a1; }
          }
        </style>
        """;

    public static string Of(PeerReport report)
    {
        var rows = report.Rows.Select(static r => (r.Text, Ratio: r.Ratio(PeerReport.Ours, PeerReport.S5cmd, static m => m.Seconds)))
            .Where(static r => r.Ratio is not null).Select(static r => (r.Text, Ratio: r.Ratio!.Value)).ToArray();
        var longest = Math.Max(1.25, rows.Select(static r => r.Ratio).DefaultIfEmpty().Max());
        var scale = (Width - LabelWidth - NumberWidth) / longest;
        var height = Top + (rows.Length * RowHeight) + Bottom;
        var even = LabelWidth + scale;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" role="img" aria-label="{Escape(Description(rows))}">""").Append('\n');
        svg.Append(Style).Append('\n');
        svg.Append("""<text class="title" x="8" y="22">Time of trainctl, where s5cmd takes 1 (shorter is faster)</text>""").Append('\n');
        for (var i = 0; i < rows.Length; i++)
        {
            var (text, ratio) = rows[i];
            var y = Top + (i * RowHeight);
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{LabelWidth - 8}" y="{y + 15}" text-anchor="end">{Escape(text)}</text>""").Append('\n');
            svg.Append(CultureInfo.InvariantCulture, $"""<rect class="{(ratio <= 1 ? "faster" : "slower")}" x="{LabelWidth}" y="{y + 2}" width="{ratio * scale:0.0}" height="{RowHeight - 8}" rx="2"/>""").Append('\n');
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{LabelWidth + (ratio * scale) + 6:0.0}" y="{y + 15}">{ratio:0.00}</text>""").Append('\n');
        }

        svg.Append(CultureInfo.InvariantCulture, $"""<line class="even" x1="{even:0.0}" y1="{Top - 6}" x2="{even:0.0}" y2="{height - Bottom + 4}"/>""").Append('\n');
        svg.Append(CultureInfo.InvariantCulture, $"""<text x="{even:0.0}" y="{height - 10}" text-anchor="middle">s5cmd</text>""").Append('\n');
        return svg.Append("</svg>\n").ToString();
    }

    private static string Description((string Text, double Ratio)[] rows) => "Wall time of trainctl as a ratio to s5cmd: "
        + (rows.Length == 0 ? "nothing was compared" : string.Join("; ", rows.Select(static r => string.Create(CultureInfo.InvariantCulture, $"{r.Text} {r.Ratio:0.00}"))));

    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);
}
