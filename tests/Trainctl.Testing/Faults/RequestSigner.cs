using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Trainctl.Testing.Faults;

/// <summary>Signs a request again after it was changed on its way, with AWS Signature Version 4, so that the server takes it for the client's own.</summary>
internal sealed class RequestSigner(string secretKey)
{
    /// <summary>The same request with a true signature.</summary>
    /// <param name="head">With a signature that is no longer true.</param>
    /// <param name="body">The body, when it is another one; null when it is the same.</param>
    public HttpHead Sign(HttpHead head, byte[]? body)
    {
        if (body is not null)
            head = WithBody(head, body);
        var authorization = (head["Authorization"] ?? throw new InvalidDataException($"'{head.StartLine}' is not signed, so it cannot be signed again.")).Split(", ");
        var scope = Value(authorization, "Credential=").Split('/', 2)[1];
        var signedNames = string.Join(';', Value(authorization, "SignedHeaders=").Split(';').Where(name => head[name] is not null));
        var query = string.Join('&', S3Request.Query(head).OrderBy(static p => p.Name, StringComparer.Ordinal).Select(static p => $"{p.Name}={p.Value}"));
        var canonical = new StringBuilder($"{head.Method}\n{head.Target.Split('?')[0]}\n{query}\n");
        foreach (var name in signedNames.Split(';'))
            canonical.Append(CultureInfo.InvariantCulture, $"{name}:{head[name]}\n");
        canonical.Append(CultureInfo.InvariantCulture, $"\n{signedNames}\n{head["x-amz-content-sha256"]}");
        var text = $"AWS4-HMAC-SHA256\n{head["x-amz-date"]}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secretKey), static (k, word) => HMACSHA256.HashData(k, Encoding.UTF8.GetBytes(word)));
        return head.With("Authorization", $"{authorization[0]}, SignedHeaders={signedNames}, Signature={Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)))}");
    }

    private static HttpHead WithBody(HttpHead head, byte[] body)
    {
        Span<byte> crc = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32.HashToUInt32(body));
#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: the protocol demands MD5
        var md5 = Convert.ToBase64String(MD5.HashData(body));
#pragma warning restore CA5351
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
        [
            ("x-amz-content-sha256", Hex(SHA256.HashData(body))), ("Content-MD5", md5), ("x-amz-checksum-crc32", Convert.ToBase64String(crc)),
        ])
        {
            if (head[name] is not null)
                head = head.With(name, value);
        }

        return head.With("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));
    }

    private static string Value(string[] parts, string name) =>
        parts.Select(p => p.IndexOf(name, StringComparison.Ordinal) is >= 0 and var at ? p[(at + name.Length)..] : null).First(static v => v is not null)!;

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
