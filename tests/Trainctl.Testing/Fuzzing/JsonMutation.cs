using System.Text.Json;

namespace Trainctl.Testing.Fuzzing;

/// <summary>Damages JSON where it stays JSON: one value or name becomes another.</summary>
internal static class JsonMutation
{
    /// <summary>The same content when it is no JSON.</summary>
    public static byte[] Replace(byte[] content, Random random)
    {
        var spans = Spans(content);
        if (spans.Count == 0)
            return content;
        var (from, to, isName) = spans[random.Next(spans.Count)];
        byte[] other = isName
            ? random.Next(3) switch { 0 => "\"\\ud800\":"u8.ToArray(), 1 => "\"\":"u8.ToArray(), _ => content[spans[0].From..spans[0].To] }
            : random.Next(4) == 0 && spans[random.Next(spans.Count)] is { IsName: false } swap ? content[swap.From..swap.To] : Mutation.Nasty(random);
        return [.. content.AsSpan(0, from), .. other, .. content.AsSpan(to)];
    }

    private static List<(int From, int To, bool IsName)> Spans(byte[] content)
    {
        var spans = new List<(int, int, bool)>();
        var starts = new Stack<int>();
        var reader = new Utf8JsonReader(content);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                    starts.Push((int)reader.TokenStartIndex);
                else
                    spans.Add((reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject ? starts.Pop() : (int)reader.TokenStartIndex,
                        (int)reader.BytesConsumed, reader.TokenType == JsonTokenType.PropertyName));
            }
        }
        catch (JsonException)
        {
            // What was read so far can be replaced.
        }

        return spans;
    }
}
