using System.Globalization;
using System.Net;
using System.Text;

namespace Trainctl.Review.Html;

/// <summary>Text on its way into a page. Keys may hold anything: markup, control characters, half of a surrogate pair.</summary>
internal static class HtmlText
{
    public static StringBuilder AppendText(this StringBuilder html, string text) => html.Append(Encode(text));

    public static void AppendSection(this StringBuilder html, string title, string content)
    {
        if (content.Length > 0)
            html.Append("<section>\n<h2>").AppendText(title).Append("</h2>\n").Append(content).Append("</section>\n");
    }

    public static string Encode(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(Rune.IsControl(rune) ? "\uFFFD" : rune.ToString());
        return WebUtility.HtmlEncode(clean.ToString());
    }

    /// <summary>A length in a drawing, to a tenth.</summary>
    public static string Length(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
