using System.Globalization;
using System.Text;
using Trainctl.Reporting;

namespace Trainctl.Review.Html;

/// <summary>Draws how much of what is here was there when: an area that steps up with each day on which something was written.</summary>
internal static class StorageChart
{
    private const double Width = 960;
    private const double Height = 240;
    private const double Left = 72;
    private const double Right = 16;
    private const double Top = 12;
    private const double Bottom = 28;
    private const int Lines = 4;

    public static string Draw(IReadOnlyList<GrowthPoint> growth)
    {
        if (growth.Count == 0 || growth[^1].Bytes == 0)
            return "";
        var first = growth[0].Day.DayNumber;
        var days = Math.Max(1, growth[^1].Day.DayNumber - first + 1);
        var top = NiceTop(growth[^1].Bytes);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"")
            .AppendText($"{HumanText.Size(growth[^1].Bytes)} since {Date(growth[0].Day)}").Append("\">\n");
        for (var i = 0; i <= Lines; i++)
        {
            var y = HtmlText.Length(Y(top * i / Lines, top));
            svg.Append($"<line class=\"grid\" x1=\"{Left}\" y1=\"{y}\" x2=\"{Width - Right}\" y2=\"{y}\"/>")
                .Append($"<text class=\"axis\" x=\"{Left - 8}\" y=\"{y}\" dy=\"4\" text-anchor=\"end\">").AppendText(HumanText.Size((long)(top * i / Lines))).Append("</text>\n");
        }

        var edge = new StringBuilder();
        var before = 0.0;
        foreach (var point in growth)
        {
            var x = HtmlText.Length(X(point.Day.DayNumber - first, days));
            edge.Append($"L{x},{HtmlText.Length(Y(before, top))} L{x},{HtmlText.Length(Y(point.Bytes, top))} ");
            before = point.Bytes;
        }

        var start = $"M{HtmlText.Length(Left)},{HtmlText.Length(Y(0, top))} ";
        var end = $"L{HtmlText.Length(Width - Right)},{HtmlText.Length(Y(before, top))}";
        svg.Append($"<path class=\"area\" d=\"{start}{edge}{end} L{HtmlText.Length(Width - Right)},{HtmlText.Length(Y(0, top))} Z\"/>\n")
            .Append($"<path class=\"edge\" d=\"{start}{edge}{end}\"/>\n")
            .Append($"<text class=\"axis\" x=\"{Left}\" y=\"{Height - 8}\">{Date(growth[0].Day)}</text>")
            .Append($"<text class=\"axis\" x=\"{Width - Right}\" y=\"{Height - 8}\" text-anchor=\"end\">{Date(growth[^1].Day)}</text>\n</svg>\n");
        return svg.Append("<p class=\"legend\">By the time at which each object that is here now was written.</p>\n").ToString();
    }

    private static double X(int day, int days) => Left + ((Width - Left - Right) * day / days);

    private static double Y(double bytes, double top) => Height - Bottom - ((Height - Top - Bottom) * bytes / top);

    /// <summary>A round number of the unit above the largest value, so that the grid lines have short labels.</summary>
    private static double NiceTop(long bytes)
    {
        var unit = Math.Pow(1024, Math.Floor(Math.Log(bytes, 1024)));
        var value = bytes / unit;
        ReadOnlySpan<double> steps = [1, 2, 4, 8, 12, 20, 40, 80, 120, 200, 400, 600, 800];
        foreach (var step in steps)
        {
            if (value <= step)
                return step * unit;
        }

        return 1024 * unit;
    }

    private static string Date(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
