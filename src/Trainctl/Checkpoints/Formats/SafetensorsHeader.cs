using System.Buffers.Binary;
using System.Text.Json;

namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// The header of a safetensors file: 8 bytes of little-endian length N, N bytes of JSON, then the tensors without a gap
/// (huggingface/safetensors: README.md, safetensors/src/tensor.rs). It tells how long the whole file must be.
/// </summary>
internal static class SafetensorsHeader
{
    /// <summary>Bytes before the JSON.</summary>
    public const int PrefixLength = 8;

    /// <summary>The format's own limit for the JSON.</summary>
    public const int MaxJsonLength = 100_000_000;

    /// <summary>Length of the JSON, or null when these bytes cannot begin a safetensors file of this length.</summary>
    public static int? JsonLength(ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (prefix.Length < PrefixLength)
            return null;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        return length is < 2 or > MaxJsonLength || (long)length > fileLength - PrefixLength ? null : (int)length;
    }

    /// <summary>Length that the whole file must have, or null when the JSON is no valid header: not JSON, or offsets that overlap or leave gaps.</summary>
    public static long? FileLength(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var spans = ReadSpans(ref reader);
            if (spans is null)
                return null;
            spans.Sort();
            long end = 0;
            foreach (var (from, to) in spans)
            {
                if (from != end || to < from)
                    return null;
                end = to;
            }

            return end > long.MaxValue - PrefixLength - json.Length ? null : PrefixLength + json.Length + end;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<(long From, long To)>? ReadSpans(ref Utf8JsonReader reader)
    {
        var spans = new List<(long, long)>();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("__metadata__"u8);
            reader.Read();
            if (isMetadata)
                reader.Skip();
            else if (ReadSpan(ref reader) is { } span)
                spans.Add(span);
            else
                return null;
        }

        // Only white space may follow; the reader throws on anything else.
        reader.Read();
        return spans;
    }

    private static (long From, long To)? ReadSpan(ref Utf8JsonReader reader)
    {
        (long, long)? span = null;
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isOffsets = reader.ValueTextEquals("data_offsets"u8);
            reader.Read();
            if (!isOffsets)
                reader.Skip();
            else if (ReadPair(ref reader) is { } pair)
                span = pair;
            else
                return null;
        }

        return span;
    }

    private static (long From, long To)? ReadPair(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray || !ReadNumber(ref reader, out var from) || !ReadNumber(ref reader, out var to))
            return null;
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? (from, to) : null;
    }

    private static bool ReadNumber(ref Utf8JsonReader reader, out long number)
    {
        number = -1;
        return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out number) && number >= 0;
    }
}
