using Amazon.S3;
using Amazon.S3.Model;

namespace Trainctl.Storage.S3.Http;

/// <summary>Where a bucket is: the SDK's rules for endpoints decide (region, path or host name, dual stack), once.</summary>
internal sealed class BucketAddress
{
    private readonly string _start;

    private BucketAddress(Uri address)
    {
        Host = address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}";
        BasePath = address.AbsolutePath.TrimEnd('/');
        _start = $"{address.Scheme}://{Host}";
    }

    /// <summary>For the header of that name: with the port where it is not the scheme's own.</summary>
    public string Host { get; }

    /// <summary>What every path begins with: nothing, or <c>/bucket</c>.</summary>
    public string BasePath { get; }

    public static BucketAddress Of(IAmazonS3 client, string bucket) =>
        new(new Uri(((AmazonS3Client)client).DetermineServiceOperationEndpoint(new GetObjectRequest { BucketName = bucket, Key = "key" }).URL));

    /// <summary>The encoded path of a key; of the bucket for null.</summary>
    public string PathOf(string? key) => key is null ? BasePath.Length == 0 ? "/" : BasePath : $"{BasePath}/{UriText.OfKey(key)}";

    /// <summary>The address that is asked, byte by byte as it is signed: .NET would take dots out of it.</summary>
    public Uri UrlOf(string path, string query) =>
        new(query.Length == 0 ? _start + path : $"{_start}{path}?{query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
