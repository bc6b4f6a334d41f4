namespace Trainctl.Storage;

/// <summary>
/// Who made an S3 service: they differ in what they understand. <c>docs/providers.md</c> tells how, and what Trainctl does about it.
/// </summary>
public enum StoreProvider
{
    /// <summary>Amazon S3.</summary>
    Aws,

    /// <summary>Google Cloud Storage through its S3 interface.</summary>
    Gcs,

    /// <summary>Cloudflare R2.</summary>
    R2,

    /// <summary>MinIO.</summary>
    Minio,

    /// <summary>Ceph's object gateway.</summary>
    Ceph,

    /// <summary>SeaweedFS.</summary>
    Seaweedfs,

    /// <summary>Any other: asked in a way that all understand.</summary>
    Other,
}
