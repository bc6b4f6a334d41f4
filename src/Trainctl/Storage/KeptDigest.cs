namespace Trainctl.Storage;

/// <summary>A digest of an object's whole content that somebody else than Trainctl had a store keep.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Value">Lower-case hexadecimal digits; an ETag as it is.</param>
internal sealed record KeptDigest(DigestKind Kind, string Value)
{
    /// <summary>Sizes of parts, in bytes, of which one is probably that of <see cref="DigestKind.Md5OfParts"/>; otherwise empty.</summary>
    public IReadOnlyList<long> PartSizes { get; init; } = [];

    public bool Equals(KeptDigest? other) => other is not null && Kind == other.Kind && Value == other.Value;

    public override int GetHashCode() => HashCode.Combine(Kind, Value);

    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}:{Value}";
}

/// <summary>The digests that stores keep (S3 API reference: x-amz-checksum-*, and ETags).</summary>
internal enum DigestKind
{
    /// <summary>The ETag of an object that was sent whole.</summary>
    Md5,

    /// <summary>
    /// The ETag of an object that was sent in parts: the MD5 of their MD5s, and their number. The store does not say how large they were, so it proves that content
    /// is right where it is met, and not that it is wrong where it is not.
    /// </summary>
    Md5OfParts,
    Crc32,
    Crc32C,
    Sha1,
    Sha256,
}
