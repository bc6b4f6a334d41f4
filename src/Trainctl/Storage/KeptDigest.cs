namespace Trainctl.Storage;

/// <summary>A digest of an object's whole content that somebody else than Trainctl had a store keep.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Value">Lower-case hexadecimal digits.</param>
internal sealed record KeptDigest(DigestKind Kind, string Value)
{
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}:{Value}";
}

/// <summary>The digests that stores keep (S3 API reference: x-amz-checksum-*, and the ETag of an object that was sent whole).</summary>
internal enum DigestKind
{
    Md5,
    Crc32,
    Crc32C,
    Sha1,
    Sha256,
}
