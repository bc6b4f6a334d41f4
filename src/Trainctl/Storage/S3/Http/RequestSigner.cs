using System.Globalization;
using System.Text;
using Trainctl.Storage.Hashing;

namespace Trainctl.Storage.S3.Http;

/// <summary>
/// AWS Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html) as S3 wants it: the path is encoded
/// once and not normalized. The key that is derived for a day is kept.
/// </summary>
internal sealed class RequestSigner(string region, string service = "s3")
{
    public const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    /// <summary>SHA-256 of nothing.</summary>
    public const string EmptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    private volatile DayKey? _dayKey;

    /// <summary>A time as the header <c>x-amz-date</c> has it.</summary>
    public static string FormatTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The value of the header <c>authorization</c>. Headers are sent as Latin-1, byte for byte as others' were read, and signed so; all else is ASCII.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">Encoded, with a slash at its beginning.</param>
    /// <param name="query">Sorted and encoded; empty for none.</param>
    /// <param name="headers">Lower-case names with trimmed values in the order of their names, <c>host</c> and <c>x-amz-date</c> among them.</param>
    /// <param name="payload">The body's SHA-256 or <see cref="UnsignedPayload"/>.</param>
    /// <param name="time">As <see cref="FormatTime"/> writes it; the same as in the headers.</param>
    /// <param name="accessKey">Who signs.</param>
    /// <param name="secretKey">With what.</param>
    public string Sign(
        string method, string path, string query, IEnumerable<KeyValuePair<string, string>> headers, string payload, string time, string accessKey, string secretKey)
    {
        var canonical = new StringBuilder(512).Append(method).Append('\n').Append(path).Append('\n').Append(query).Append('\n');
        var names = new StringBuilder(128);
        foreach (var (name, value) in headers)
        {
            canonical.Append(name).Append(':').Append(WithSingleSpaces(value)).Append('\n');
            if (names.Length > 0)
                names.Append(';');
            names.Append(name);
        }

        canonical.Append('\n').Append(names).Append('\n').Append(payload);
        var date = time[..8];
        var scope = $"{date}/{region}/{service}/aws4_request";
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Convert.ToHexStringLower(ShortSha256.Of(Encoding.Latin1.GetBytes(canonical.ToString())))}";
        var signature = ShortSha256.Sign(KeyOf(date, secretKey), Encoding.UTF8.GetBytes(toSign));
        return $"{Algorithm} Credential={accessKey}/{scope}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(signature)}";
    }

    private static string WithSingleSpaces(string value)
    {
        while (value.Contains("  ", StringComparison.Ordinal))
            value = value.Replace("  ", " ", StringComparison.Ordinal);
        return value;
    }

    private byte[] KeyOf(string date, string secret)
    {
        if (_dayKey is { } known && known.Date == date && known.Secret == secret)
            return known.Key;
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (ReadOnlySpan<string>)[date, region, service, "aws4_request"])
            key = ShortSha256.Sign(key, Encoding.UTF8.GetBytes(part));
        _dayKey = new DayKey(date, secret, key);
        return key;
    }

    /// <summary>Not a record: it would print the secret.</summary>
    private sealed class DayKey(string date, string secret, byte[] key)
    {
        public string Date => date;

        public string Secret => secret;

        public byte[] Key => key;
    }
}
