using System.Globalization;

namespace Trainctl.Storage.S3.Http;

/// <summary>Which bytes an answer says that it holds (RFC 9110, 14.4).</summary>
/// <param name="Range">The bytes.</param>
/// <param name="Total">The size of the whole object in bytes; null where the answer does not tell.</param>
internal readonly record struct ContentRange(ByteRange Range, long? Total)
{
    private const string Unit = "bytes ";

    /// <summary>Reads a header like <c>bytes 0-9/100</c>. Null when it is something else, or contradicts itself.</summary>
    public static ContentRange? Parse(ReadOnlySpan<char> header)
    {
        if (!header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return null;
        var rest = header[Unit.Length..].Trim();
        var hyphen = rest.IndexOf('-');
        var slash = rest.IndexOf('/');
        if (hyphen < 0 || slash < hyphen || ParseNumber(rest[..hyphen]) is not { } from || ParseNumber(rest[(hyphen + 1)..slash]) is not { } to || to < from || to == long.MaxValue)
            return null;
        var range = new ByteRange(from, to - from + 1);
        if (rest[(slash + 1)..] is "*")
            return new ContentRange(range, null);
        return ParseNumber(rest[(slash + 1)..]) is { } total && total > to ? new ContentRange(range, total) : null;
    }

    private static long? ParseNumber(ReadOnlySpan<char> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
