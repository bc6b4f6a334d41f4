namespace Trainctl.Transfer;

/// <summary>How much happens at once. The defaults suit a machine of 2 to 16 cores.</summary>
public sealed record TransferSettings
{
    /// <summary>The defaults.</summary>
    public static TransferSettings Default { get; } = new();

    /// <summary>What moves objects between a folder and S3. Default <see cref="TransferBackend.Auto"/>.</summary>
    public TransferBackend Backend { get; init; } = TransferBackend.Auto;

    /// <summary>Small objects in flight at once. Default 32.</summary>
    public int Concurrency { get; init; } = 32;

    /// <summary>Parts of large objects in flight at once, over all objects. Default 8. Memory is at most this many parts.</summary>
    public int PartConcurrency { get; init; } = 8;

    /// <summary>Objects larger than this are moved in parts of this size. Default 16 MiB. Raised where a store allows only so many parts.</summary>
    public long PartSizeBytes { get; init; } = 16 * 1024 * 1024;
}
