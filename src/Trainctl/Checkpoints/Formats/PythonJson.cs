using System.Text.Json;

namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// JSON as Python's <c>json</c> module writes it: with <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, which a diverged run has in its logs
/// (python/cpython: Lib/json/encoder.py, floatstr). They are read as null.
/// </summary>
internal static class PythonJson
{
    /// <exception cref="JsonException">It is no JSON apart from that.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            return JsonDocument.Parse(content);
        }
        catch (JsonException)
        {
            return JsonDocument.Parse(WithoutNonNumbers(content.Span));
        }
    }

    private static byte[] WithoutNonNumbers(ReadOnlySpan<byte> content)
    {
        var cleaned = new List<byte>(content.Length);
        var inString = false;
        for (var i = 0; i < content.Length; i++)
        {
            if (!inString && NonNumberLength(content[i..]) is var length and > 0)
            {
                cleaned.AddRange("null"u8);
                i += length - 1;
                continue;
            }

            if (content[i] == '"')
                inString = !inString;
            cleaned.Add(content[i]);
            if (inString && content[i] == '\\' && i + 1 < content.Length)
                cleaned.Add(content[++i]);
        }

        return [.. cleaned];
    }

    private static int NonNumberLength(ReadOnlySpan<byte> text) =>
        text.StartsWith("NaN"u8) ? 3 : text.StartsWith("Infinity"u8) ? 8 : text.StartsWith("-Infinity"u8) ? 9 : 0;
}
