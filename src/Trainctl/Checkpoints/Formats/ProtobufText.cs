using System.Text;

namespace Trainctl.Checkpoints.Formats;

/// <summary>
/// Strings of protobuf's text format: escapes as in C, bytes of UTF-8 in octal (protocolbuffers/protobuf: python/google/protobuf/text_encoding.py).
/// </summary>
internal static class ProtobufText
{
    /// <summary>What a quoted string says.</summary>
    public static string Unescape(string quoted)
    {
        if (!quoted.Contains('\\', StringComparison.Ordinal))
            return quoted;
        var bytes = new List<byte>(quoted.Length);
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] != '\\' || i + 1 == quoted.Length)
                bytes.AddRange(Encoding.UTF8.GetBytes(quoted, i, 1));
            else if (IsOctal(quoted, i + 1) && IsOctal(quoted, i + 2) && IsOctal(quoted, i + 3))
                bytes.Add((byte)Convert.ToInt32(quoted.Substring((i += 3) - 2, 3), 8));
            else
                bytes.AddRange(Encoding.UTF8.GetBytes([Escaped(quoted[++i])]));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static bool IsOctal(string text, int at) => at < text.Length && text[at] is >= '0' and <= '7';

    private static char Escaped(char code) => code switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => code,
    };
}
