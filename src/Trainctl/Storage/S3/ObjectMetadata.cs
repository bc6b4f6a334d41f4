using System.Globalization;

namespace Trainctl.Storage.S3;

/// <summary>What Trainctl keeps in an object's metadata. The time has the name and the form that rclone uses, so that each reads the other's.</summary>
internal static class ObjectMetadata
{
    /// <summary>Of the names of headers.</summary>
    public const string Prefix = "x-amz-meta-";

    public const string TimeName = "mtime";
    public const string ChecksumName = "trainctl-checksum";

    private const int FractionDigits = 9;
    private const int TickDigits = 7;

    public static bool IsOwn(ReadOnlySpan<char> name) =>
        name.Equals(TimeName, StringComparison.OrdinalIgnoreCase) || name.Equals(ChecksumName, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is kept with an object that is written like this.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(PutOptions options)
    {
        if (options.ContentModifiedAt is { } time)
            yield return new(TimeName, FormatTime(time));
        if (options.Checksum is { } checksum)
            yield return new(ChecksumName, checksum.ToString());
    }

    /// <summary>Seconds since 1970 with as many decimals as the time has, at most seven: <c>1700000000.1234567</c>.</summary>
    public static string FormatTime(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var sign = ticks < 0 ? "-" : "";
        var (seconds, fraction) = Math.DivRem(Math.Abs(ticks), TimeSpan.TicksPerSecond);
        var text = string.Create(CultureInfo.InvariantCulture, $"{sign}{seconds}");
        return fraction == 0 ? text : text + "." + fraction.ToString("d7", CultureInfo.InvariantCulture).TrimEnd('0');
    }

    /// <summary>Reads that form with up to nine decimals; what is finer than 100 ns is cut off. Null when it is something else.</summary>
    public static DateTimeOffset? ParseTime(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var negative = text[0] == '-';
        var number = negative ? text[1..] : text;
        var dot = number.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? number : number[..dot];
        var fraction = dot < 0 ? "" : number[(dot + 1)..];
        if (whole.Length is 0 or > 12 || fraction.Length > FractionDigits || !IsDigits(whole) || !IsDigits(fraction))
            return null;
        var ticks = (long.Parse(whole, CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond)
            + long.Parse(fraction.PadRight(TickDigits, '0')[..TickDigits], CultureInfo.InvariantCulture);
        var utcTicks = DateTimeOffset.UnixEpoch.UtcTicks + (negative ? -ticks : ticks);
        return utcTicks < 0 || utcTicks > DateTimeOffset.MaxValue.UtcTicks ? null : new DateTimeOffset(utcTicks, TimeSpan.Zero);
    }

    public static Checksum? ParseChecksum(string? text) => Checksum.TryParse(text, out var checksum) ? checksum : null;

    /// <summary>An ETag without the quotes that HTTP puts around it; null for none.</summary>
    public static string? Unquote(string? etag) => string.IsNullOrEmpty(etag) ? null : etag.Trim('"');

    /// <summary>
    /// Whether two ETags are of one version of an object, quoted or not. A proxy on the way may have made one a weak one (<c>W/</c>), which is about the same bytes
    /// where nothing was compressed.
    /// </summary>
    public static bool AreSame(ReadOnlySpan<char> one, ReadOnlySpan<char> other) => Bare(one).SequenceEqual(Bare(other));

    private static ReadOnlySpan<char> Bare(ReadOnlySpan<char> etag) => (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag).Trim('"');

    /// <summary>The MD5 that an ETag is, when it looks like one and nothing says that it is not.</summary>
    /// <param name="etag">Without quotes.</param>
    /// <param name="encryption">Server-side encryption as the store names it: with keys of a key service or of the customer, ETags are no MD5.</param>
    public static string? Md5Of(string? etag, string? encryption) =>
        etag is { Length: 32 } && etag.All(char.IsAsciiHexDigit) && HasPlainETag(encryption) ? etag.ToLowerInvariant() : null;

    /// <summary>Whether the ETag is one of the content as it was sent: with keys of a key service or of the customer it is not.</summary>
    public static bool HasPlainETag(string? encryption) => encryption is null or "" or "AES256";

    private static bool IsDigits(string text) => text.All(char.IsAsciiDigit);
}
