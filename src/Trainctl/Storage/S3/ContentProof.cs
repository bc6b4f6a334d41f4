namespace Trainctl.Storage.S3;

/// <summary>What a service checks content by as it arrives.</summary>
internal enum ContentProof
{
    /// <summary>The SHA-256 that the request's signature covers.</summary>
    Signature,

    /// <summary>Content-MD5.</summary>
    Md5,

    /// <summary>CRC-64/NVME, which the service also keeps.</summary>
    Crc64,
}
