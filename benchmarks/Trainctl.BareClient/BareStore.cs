using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Trainctl.Storage.S3.Http;

namespace Trainctl.BareClient;

/// <summary>A bucket by its address, and what signs requests to it.</summary>
internal sealed partial class BareStore
{
    private readonly Uri _endpoint;
    private readonly string _bucket;
    private readonly string _accessKey;
    private readonly string _secretKey;
    private readonly RequestSigner _signer;
    private readonly IPEndPoint _address;

    private BareStore(Uri endpoint, string bucket, string region, string accessKey, string secretKey)
    {
        (_endpoint, _bucket, _accessKey, _secretKey) = (endpoint, bucket, accessKey, secretKey);
        _signer = new RequestSigner(region);
        _address = new IPEndPoint(Dns.GetHostAddresses(endpoint.Host)[0], endpoint.Port);
    }

    /// <exception cref="FormatException">A variable is missing, or the server is to be reached over TLS.</exception>
    public static BareStore FromEnvironment(string bucket)
    {
        var endpoint = new Uri(Variable("AWS_ENDPOINT_URL_S3"));
        if (endpoint.Scheme != Uri.UriSchemeHttp)
            throw new FormatException($"{endpoint} is not plain HTTP.");
        return new BareStore(endpoint, bucket, Environment.GetEnvironmentVariable("AWS_REGION") ?? "us-east-1", Variable("AWS_ACCESS_KEY_ID"), Variable("AWS_SECRET_ACCESS_KEY"));
    }

    public BareConnection Connect() => new(_address);

    /// <summary>A request's beginning, up to the empty line.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="key">The object; empty for the bucket.</param>
    /// <param name="query">Sorted and encoded; empty for none.</param>
    /// <param name="body">What follows.</param>
    /// <param name="isUnsigned">Whether the body is left out of the signature.</param>
    /// <param name="range">The value of that header; null for none.</param>
    public byte[] Head(string method, string key, string query = "", ReadOnlySpan<byte> body = default, bool isUnsigned = false, string? range = null)
    {
        var payload = body.IsEmpty ? RequestSigner.EmptyPayload : isUnsigned ? RequestSigner.UnsignedPayload : Convert.ToHexStringLower(SHA256.HashData(body));
        var path = $"/{_bucket}{(key.Length == 0 ? "" : "/" + UriText.OfKey(key))}";
        var time = RequestSigner.FormatTime(DateTimeOffset.UtcNow);
        KeyValuePair<string, string>[] signed = [new("host", _endpoint.Authority), new("x-amz-content-sha256", payload), new("x-amz-date", time)];
        var head = new StringBuilder(512).Append(CultureInfo.InvariantCulture, $"{method} {path}{(query.Length == 0 ? "" : "?" + query)} HTTP/1.1\r\n");
        foreach (var (name, value) in signed)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (range is not null)
            head.Append(CultureInfo.InvariantCulture, $"range: {range}\r\n");
        if (method is "PUT" or "POST")
            head.Append(CultureInfo.InvariantCulture, $"content-length: {body.Length}\r\n");
        head.Append(CultureInfo.InvariantCulture, $"authorization: {_signer.Sign(method, path, query, signed, payload, time, _accessKey, _secretKey)}\r\n\r\n");
        return Encoding.ASCII.GetBytes(head.ToString());
    }

    /// <summary>All objects below a prefix. Names are taken as they stand in the answer, so odd ones are not for this client.</summary>
    public List<(string Key, long Size)> List(string prefix)
    {
        var found = new List<(string Key, long Size)>();
        using var connection = Connect();
        for (var token = ""; ;)
        {
            var query = $"{(token.Length == 0 ? "" : $"continuation-token={UriText.OfValue(token)}&")}list-type=2&prefix={UriText.OfValue(prefix)}";
            var page = connection.Ask(Head("GET", "", query));
            foreach (Match match in Entry().Matches(page))
                found.Add((match.Groups[1].Value, long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)));
            if (NextToken().Match(page) is not { Success: true } next)
                return found;
            token = next.Groups[1].Value;
        }
    }

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new FormatException($"{name} is not set.");

    [GeneratedRegex("<Contents>.*?<Key>([^<]*)</Key>.*?<Size>([0-9]+)</Size>", RegexOptions.Singleline)]
    private static partial Regex Entry();

    [GeneratedRegex("<NextContinuationToken>([^<]*)</NextContinuationToken>")]
    private static partial Regex NextToken();
}
