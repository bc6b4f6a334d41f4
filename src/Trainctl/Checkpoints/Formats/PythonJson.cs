using System.Text.Json;
using System.Text.Unicode;

namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// JSON as Python's <c>json</c> module writes it: with <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, which a diverged run has in its logs
/// (python/cpython: Lib/json/encoder.py, floatstr). They are read as null.
/// </summary>
internal static class PythonJson
{
    /// <exception cref="JsonException">It is no JSON apart from that, or a name or text in it is no Unicode.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            return ParseStrictly(content);
        }
        catch (JsonException)
        {
            return ParseStrictly(WithoutNonNumbers(content.Span));
        }
    }

    /// <summary>A document of whose names and texts every one can be read: the parser lets half a surrogate pair and bytes that are no UTF-8 pass.</summary>
    private static JsonDocument ParseStrictly(ReadOnlyMemory<byte> content)
    {
        var document = JsonDocument.Parse(content);
        var reader = new Utf8JsonReader(content.Span);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && !IsText(reader))
            {
                document.Dispose();
                throw new JsonException("A name or a text in it is no Unicode.");
            }
        }

        return document;
    }

    private static bool IsText(Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return Utf8.IsValid(reader.ValueSpan);
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
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
