namespace Trainctl.Storage.S3;

/// <summary>What a service checks content by as it arrives.</summary>
internal enum ProofKind
{
    /// <summary>The SHA-256 that the request's signature covers.</summary>
    Signature,

    /// <summary>Content-MD5.</summary>
    Md5,

    /// <summary>CRC-64/NVME, which the service also keeps.</summary>
    Crc64,
}

internal static class ProofKinds
{
    /// <summary>For a person.</summary>
    public static string Name(this ProofKind kind) => kind switch
    {
        ProofKind.Crc64 => "CRC-64/NVME",
        ProofKind.Md5 => "Content-MD5",
        _ => "the signature's SHA-256",
    };
}
