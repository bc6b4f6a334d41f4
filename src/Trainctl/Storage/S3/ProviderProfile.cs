namespace Trainctl.Storage.S3;

/// <summary>How a provider's S3 differs from the others', as data. Everything that is not known is <see cref="Other"/>, which is safe everywhere.</summary>
internal sealed record ProviderProfile
{
    private const long TebiByte = 1L << 40;

    public required string Name { get; init; }

    /// <summary>Hosts that end like this belong to the provider.</summary>
    public IReadOnlyList<string> HostSuffixes { get; init; } = [];

    /// <summary>Whether the bucket goes into the path.</summary>
    public bool PathStyle { get; init; } = true;

    /// <summary>
    /// Whether the service checks and keeps CRC-64/NVME of whole objects. The others get Content-MD5: many reject checksum headers that they do not
    /// know (aws/aws-sdk-net#3610), all check Content-MD5.
    /// </summary>
    public bool TakesCrc64 { get; init; }

    /// <summary>Whether many objects can be deleted by one request.</summary>
    public bool DeletesMany { get; init; } = true;

    public long MaxObjectBytes { get; init; } = 5 * TebiByte;

    /// <summary>Region to sign for when nobody names one.</summary>
    public string DefaultRegion { get; init; } = "us-east-1";

    public static ProviderProfile Aws { get; } = new()
    {
        Name = "aws",
        HostSuffixes = [".amazonaws.com", ".amazonaws.com.cn"],
        PathStyle = false,
        TakesCrc64 = true,
        MaxObjectBytes = 10_000L * 5 * 1024 * 1024 * 1024,
    };

    public static ProviderProfile Gcs { get; } = new()
    {
        Name = "gcs",
        HostSuffixes = ["storage.googleapis.com"],
        DeletesMany = false,
        DefaultRegion = "auto",
    };

    public static ProviderProfile R2 { get; } = new()
    {
        Name = "r2",
        HostSuffixes = [".r2.cloudflarestorage.com"],
        DefaultRegion = "auto",
    };

    /// <summary>Ceph, MinIO and all the rest: their host names say nothing about them.</summary>
    public static ProviderProfile Other { get; } = new() { Name = "other" };

    /// <summary>The profile of an endpoint; null is AWS itself.</summary>
    public static ProviderProfile Of(Uri? endpoint)
    {
        if (endpoint is null)
            return Aws;
        ReadOnlySpan<ProviderProfile> known = [Aws, Gcs, R2];
        foreach (var profile in known)
        {
            if (profile.HostSuffixes.Any(suffix => endpoint.Host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)))
                return profile;
        }

        return Other;
    }
}
