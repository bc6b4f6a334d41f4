using System.Globalization;
using System.Text;

namespace Trainctl.Testing.Faults;

/// <summary>The head of a request or an answer of HTTP/1.1.</summary>
/// <param name="StartLine">Its first line.</param>
/// <param name="Fields">Its header fields, as they were sent.</param>
public sealed record HttpHead(string StartLine, IReadOnlyList<(string Name, string Value)> Fields)
{
    /// <summary>The value of a field; null when it is not there.</summary>
    public string? this[string name] => Fields.FirstOrDefault(f => Is(f.Name, name)).Value;

    /// <summary>The method of a request.</summary>
    public string Method => StartLine.Split(' ')[0];

    /// <summary>Path and query of a request, encoded as they were sent.</summary>
    public string Target => StartLine.Split(' ')[1];

    /// <summary>The status of an answer.</summary>
    public int Status => int.Parse(StartLine.Split(' ')[1], CultureInfo.InvariantCulture);

    public long? ContentLength => this["Content-Length"] is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    public bool IsChunked => this["Transfer-Encoding"]?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;

    public bool ClosesConnection => string.Equals(this["Connection"], "close", StringComparison.OrdinalIgnoreCase);

    public static HttpHead Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return new HttpHead(lines[0], [.. lines[1..].Select(static l => l.Split(':', 2)).Select(static f => (f[0], f[1].Trim()))]);
    }

    /// <summary>The same with one field changed where it is, or added; null removes it.</summary>
    public HttpHead With(string name, string? value)
    {
        var changed = Fields.Where(f => value is not null || !Is(f.Name, name)).Select(f => Is(f.Name, name) ? (f.Name, value!) : f);
        return this with { Fields = value is null || this[name] is not null ? [.. changed] : [.. changed, (name, value)] };
    }

    public byte[] ToBytes() => Encoding.Latin1.GetBytes(ToString());

    public override string ToString() =>
        string.Concat([StartLine, "\r\n", .. Fields.Select(static f => $"{f.Name}: {f.Value}\r\n"), "\r\n"]);

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
