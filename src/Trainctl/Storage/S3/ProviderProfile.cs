namespace Trainctl.Storage.S3;

/// <summary>How a provider's S3 differs from the others', as data. Everything that is not known is <see cref="Other"/>, which is safe everywhere.</summary>
internal sealed record ProviderProfile
{
    private const long TebiByte = 1L << 40;
    private const long GibiByte = 1L << 30;

    public required StoreProvider Id { get; init; }

    /// <summary>As on the command line.</summary>
#pragma warning disable CA1308 // Normalize strings to uppercase: options are lower case
    public string Name => Id.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Hosts that end like this belong to the provider.</summary>
    public IReadOnlyList<string> HostSuffixes { get; init; } = [];

    /// <summary>Which of these hosts are of S3, where others may be machines and load balancers of anybody.</summary>
    public Func<string, bool> ServesS3 { get; init; } = static _ => true;

    /// <summary>Whether the bucket goes into the path.</summary>
    public bool PathStyle { get; init; } = true;

    /// <summary>
    /// Whether the service checks and keeps CRC-64/NVME of whole objects. Many others reject checksum headers that they do not know (aws/aws-sdk-net#3610). Must be
    /// the same for all that are recognised by their answers, as it may not change in the middle of an upload.
    /// </summary>
    public bool TakesCrc64 { get; init; }

    /// <summary>
    /// Whether content goes unsigned where the connection is encrypted, since the service is known to check something else: CRC-64/NVME or Content-MD5. The
    /// others get it signed, which proves it as well, and costs less than half of an MD5 where the processor has instructions for SHA-256.
    /// </summary>
    public bool TakesUnsignedPayloads { get; init; }

    /// <summary>
    /// Whether the service compares content with the SHA-256 that the signature covers. One that does not gets Content-MD5 on every connection.
    /// </summary>
    public bool HashesSignedContent { get; init; } = true;

    /// <summary>Whether many objects can be deleted by one request, which always carries Content-MD5.</summary>
    public bool DeletesMany { get; init; } = true;

    /// <summary>
    /// Whether listings may be answered as version 1 has them although version 2 was asked for: by services that came before it (Ceph before 14). All others
    /// break a promise then, and the listing ends.
    /// </summary>
    public bool MayListByVersion1 { get; init; }

    /// <summary>Whether unfinished uploads are listed by any prefix, and not only by the whole key of one object.</summary>
    public bool ListsUploads { get; init; } = true;

    /// <summary>
    /// Whether keys name files, so that <c>a//b</c>, <c>./a</c> and the like cannot be: they are refused, or, worse, taken for the key of another object.
    /// </summary>
    public bool KeysAreFiles { get; init; }

    /// <summary>Whether a key with a line break is refused, or, worse, taken for the bucket itself.</summary>
    public bool KeysAreLines { get; init; }

    /// <summary>Whether <c>If-None-Match: *</c> keeps a write from replacing an object. Told by doctor, which compares it with what the store does.</summary>
    public Support ConditionalPut { get; init; } = Support.Unknown;

    /// <summary>Whether <c>If-Match</c> keeps an object from being deleted that is not the one that was seen; used where it is certain.</summary>
    public Support ConditionalDelete { get; init; } = Support.Unknown;

    /// <summary>Whether the ETag of an object that was written by one request is the MD5 of its content, unless keys of a key service encrypt it.</summary>
    public bool ETagIsMd5 { get; init; } = true;

    /// <summary>
    /// Whether objects that are stored with <c>Content-Encoding: gzip</c> are decompressed on their way, so that neither length nor ETag are told, unless the request
    /// accepts gzip (cloud.google.com/storage/docs/transcoding). Nothing else is compressed then.
    /// </summary>
    public bool Decompresses { get; init; }

    /// <summary>The most that CopyObject takes, in bytes (AWS, CopyObject: "up to 5 GB in size in a single atomic action").</summary>
    public long MaxCopyBytes { get; init; } = 5L * 1000 * 1000 * 1000;

    public long MaxObjectBytes { get; init; } = 5 * TebiByte;

    /// <summary>Region to sign for when nobody names one.</summary>
    public string DefaultRegion { get; init; } = "us-east-1";

    public static ProviderProfile Aws { get; } = new()
    {
        Id = StoreProvider.Aws,
        HostSuffixes = [".amazonaws.com", ".amazonaws.com.cn"],
        ServesS3 = IsS3OfAws,
        PathStyle = false,
        TakesCrc64 = true,
        TakesUnsignedPayloads = true,
        ConditionalPut = Support.Yes,
        ConditionalDelete = Support.Yes,
        MaxObjectBytes = 10_000 * 5 * GibiByte,
    };

    /// <summary>Its ETag is an MD5 for some ways of writing, and nothing says which one it was.</summary>
    public static ProviderProfile Gcs { get; } = new()
    {
        Id = StoreProvider.Gcs,
        HostSuffixes = ["storage.googleapis.com"],
        TakesUnsignedPayloads = true,
        DeletesMany = false,
        ConditionalPut = Support.No,
        ConditionalDelete = Support.No,
        ETagIsMd5 = false,
        Decompresses = true,
        DefaultRegion = "auto",
    };

    public static ProviderProfile R2 { get; } = new()
    {
        Id = StoreProvider.R2,
        HostSuffixes = [".r2.cloudflarestorage.com"],
        TakesUnsignedPayloads = true,
        ConditionalPut = Support.Yes,
        // developers.cloudflare.com/r2/platform/limits: 5 GiB less than 5 TiB.
        MaxObjectBytes = (5 * TebiByte) - (5 * GibiByte),
        DefaultRegion = "auto",
    };

    /// <summary>
    /// Releases differ: conditional writes came late, and keys like <c>a//b</c> were once stored as <c>a/b</c> and are refused now. None lists uploads by
    /// prefix (minio/minio: cmd/erasure-multipart.go, "this is a deliberate attempt towards simplification").
    /// </summary>
    public static ProviderProfile Minio { get; } = new() { Id = StoreProvider.Minio, ListsUploads = false, KeysAreFiles = true, KeysAreLines = true };

    public static ProviderProfile Ceph { get; } = new() { Id = StoreProvider.Ceph, MayListByVersion1 = true };

    /// <summary>
    /// Takes the digest that a signature covers for that of the content without looking (seaweedfs/seaweedfs: weed/s3api/auth_signature_v4.go), and compares content with
    /// Content-MD5 (s3api_object_handlers_put.go).
    /// </summary>
    public static ProviderProfile Seaweedfs { get; } = new() { Id = StoreProvider.Seaweedfs, TakesUnsignedPayloads = true, HashesSignedContent = false, MayListByVersion1 = true };

    /// <summary>All the rest, and the others as long as nothing is known of them.</summary>
    public static ProviderProfile Other { get; } = new() { Id = StoreProvider.Other, MayListByVersion1 = true };

    /// <summary>
    /// Versity's gateway in front of a file system (github.com/versity/versitygw), which stores <c>a//b</c> over <c>a/b</c> and says that all went well. Its answers do not tell what it
    /// stands in front of, and else it is asked like any other.
    /// </summary>
    public static ProviderProfile Versity { get; } = Other with { KeysAreFiles = true };

    public static IReadOnlyList<ProviderProfile> All { get; } = [Aws, Gcs, R2, Minio, Ceph, Seaweedfs, Other];

    public static ProviderProfile Of(StoreProvider id) => All.Single(profile => profile.Id == id);

    /// <summary>The profile of an endpoint by its host; null is AWS itself.</summary>
    public static ProviderProfile Of(Uri? endpoint) => endpoint is null ? Aws : All.FirstOrDefault(p => p.IsAt(endpoint.Host)) ?? Other;

    private bool IsAt(string host) => HostSuffixes.Any(suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) && ServesS3(host);

    /// <summary>
    /// All addresses of S3, those in a private network too, have its name between dots (docs.aws.amazon.com/general/latest/gr/s3.html): <c>s3</c>, <c>s3-fips</c>,
    /// <c>s3-accelerate</c>, <c>s3express-use1-az4</c>. A load balancer may be called so as well, and has <c>elb</c> behind its name.
    /// </summary>
    private static bool IsS3OfAws(string host)
    {
        var labels = host.ToLowerInvariant().Split('.');
        return Array.Exists(labels, static l => l == "s3" || l.StartsWith("s3-", StringComparison.Ordinal) || l.StartsWith("s3express-", StringComparison.Ordinal))
            && !labels.Contains("elb");
    }

    /// <summary>The MD5 that an object's ETag is; null when it is none, or may be none.</summary>
    /// <param name="etag">Without quotes.</param>
    /// <param name="encryption">Server-side encryption as the store names it.</param>
    public string? Md5Of(string? etag, string? encryption) => ETagIsMd5 ? ObjectMetadata.Md5Of(etag, encryption) : null;

    /// <summary>The digest that an object's ETag is where it was sent in parts; null where it is none here.</summary>
    /// <param name="etag">Without quotes.</param>
    /// <param name="encryption">Server-side encryption as the store names it.</param>
    /// <param name="size">Of the object in bytes.</param>
    public KeptDigest? PartsDigestOf(string? etag, string? encryption, long size) =>
        ETagIsMd5 && ObjectMetadata.HasPlainETag(encryption) ? MultipartETag.DigestOf(etag, size) : null;
}

/// <summary>What is known of a thing that a service may do.</summary>
internal enum Support
{
    Unknown,
    No,
    Yes,
}
