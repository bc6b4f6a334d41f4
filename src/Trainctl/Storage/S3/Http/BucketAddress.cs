using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;

namespace Trainctl.Storage.S3.Http;

/// <summary>
/// Where a bucket is: the SDK's rules for endpoints decide (region, path or host name, dual stack), once. Where they have nothing to decide they are not
/// asked, because nothing else that most commands do needs a client of the SDK.
/// </summary>
internal sealed class BucketAddress
{
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";

    private static readonly SearchValues<char> InPlainNames = SearchValues.Create(Plain);

    private readonly string _start;

    private BucketAddress(Uri address)
    {
        var host = address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
        Host = address.IsDefaultPort ? host : $"{host}:{address.Port}";
        BasePath = address.AbsolutePath.TrimEnd('/');
        _start = $"{address.Scheme}://{Host}";
    }

    /// <summary>For the header of that name: with the port where it is not the scheme's own.</summary>
    public string Host { get; }

    /// <summary>What every path begins with: nothing, or <c>/bucket</c>.</summary>
    public string BasePath { get; }

    /// <summary>A bucket in the path of an address that was given; names with two hyphens may be of directory buckets, which have rules of their own.</summary>
    public static BucketAddress Of(S3Connection connection, string bucket, Lazy<AmazonS3Client> client) =>
        connection is { Endpoint: { AbsolutePath: "/" } endpoint, PathStyle: true } && !bucket.AsSpan().ContainsAnyExcept(InPlainNames) && !bucket.Contains("--", StringComparison.Ordinal)
            ? new(new Uri(endpoint, bucket))
            : Of(client.Value, bucket);

    public static BucketAddress Of(IAmazonS3 client, string bucket) =>
        new(new Uri(((AmazonS3Client)client).DetermineServiceOperationEndpoint(new GetObjectRequest { BucketName = bucket, Key = "key" }).URL));

    /// <summary>The encoded path of a key; of the bucket for null.</summary>
    public string PathOf(string? key) => key is null ? BasePath.Length == 0 ? "/" : BasePath : $"{BasePath}/{UriText.OfKey(key)}";

    /// <summary>The address that is asked, byte by byte as it is signed: .NET would take dots out of it.</summary>
    public Uri UrlOf(string path, string query) =>
        new(query.Length == 0 ? _start + path : $"{_start}{path}?{query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
