using System.Buffers.Binary;
using System.Security.Cryptography;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>
/// How a body proves itself to the store, which refuses it when the bytes were damaged on their way: see <see cref="S3Connection.Proof"/>. Most services reject
/// checksum headers that they do not know (aws/aws-sdk-net#3610).
/// </summary>
internal readonly record struct PayloadProof(string? Md5Base64, string? Md5Hex, Checksum? Crc64, bool IsPayloadUnsigned)
{
    public const string Md5Header = "content-md5";
    private const string ChecksumHeader = "x-amz-checksum-crc64nvme";

    public string? Crc64Base64 => Crc64 is { } checksum ? FormatCrc64(checksum) : null;

    /// <param name="body">What is sent.</param>
    /// <param name="connection">To where.</param>
    /// <param name="cancellationToken">Ends the reading of the body.</param>
    public static async ValueTask<PayloadProof> OfAsync(S3Body body, S3Connection connection, CancellationToken cancellationToken)
    {
        switch (connection.Proof)
        {
            case ProofKind.Crc64:
                return new PayloadProof(null, null, await body.Crc64Async(cancellationToken).ConfigureAwait(false), connection.IsPayloadUnsigned);
            case ProofKind.Md5:
                var md5 = await body.HashAsync(HashAlgorithmName.MD5, cancellationToken).ConfigureAwait(false);
                return new PayloadProof(Convert.ToBase64String(md5), Convert.ToHexStringLower(md5), null, connection.IsPayloadUnsigned);
            default:
                // With the checksum in one go.
                await body.Sha256Async(cancellationToken).ConfigureAwait(false);
                return new PayloadProof(null, null, null, IsPayloadUnsigned: false);
        }
    }

    /// <summary>Whether the store is told what to check besides the signature.</summary>
    public static bool IsBesideSignature(S3Request request) => request.Headers.ContainsKey(Md5Header) || request.Headers.ContainsKey(ChecksumHeader);

    /// <summary>Tells the store what to check.</summary>
    public S3Request AddTo(S3Request request) => request.With(Md5Header, Md5Base64).With(ChecksumHeader, Crc64Base64)
        // Without this one, which AWS's own SDKs send, Ceph 20 takes an object whose checksum does not fit.
        .With("x-amz-sdk-checksum-algorithm", Crc64 is null ? null : "CRC64NVME");

    /// <summary>
    /// What a store says of what it took must be what was sent: its ETag where that is an MD5, and its CRC-64/NVME. One that checked a CRC-64/NVME tells it with its answer
    /// (docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, API_UploadPart.html). A service that was said to be like AWS, and is not, passes it over, and then nothing proved what was
    /// not signed either.
    /// </summary>
    /// <param name="answer">To the content.</param>
    /// <param name="bucket">Who answered.</param>
    /// <param name="key">The object.</param>
    /// <exception cref="TrainctlException">The store has other content, or nothing proves that it does not.</exception>
    public void ThrowIfUnproven(HttpResponseMessage answer, S3Bucket bucket, string key)
    {
        var failure = $"Writing '{bucket.Root.Append(key)}' failed: the store ";
        var md5 = bucket.Connection.Provider.Md5Of(ObjectMetadata.Unquote(answer.Header("etag")), answer.Header("x-amz-server-side-encryption"));
        if (md5 is not null && Md5Hex is { } own && md5 != own)
            throw new TrainctlException(TrainctlError.ChecksumMismatch, $"{failure}holds content with the MD5 {md5}, and {own} was sent. Run again; do not use the object meanwhile.", key);
        var kept = answer.Header(ChecksumHeader);
        if (Crc64Base64 is not { } sent || kept == sent)
            return;
        if (kept is not null)
            throw new TrainctlException(TrainctlError.ChecksumMismatch, $"{failure}holds content with the CRC-64/NVME {kept}, and {sent} was sent. Run again; do not use the object meanwhile.", key);
        if (IsPayloadUnsigned && bucket.Connection.ProviderSource == ProviderSource.Setting)
        {
            throw new TrainctlException(
                TrainctlError.StoreRejected,
                failure + "does not tell that it checked the CRC-64/NVME of what arrived, and nothing else proves it. Leave out what says that it is like AWS (Provider), for then content is signed. "
                    + "Do not use the object meanwhile.",
                key);
        }
    }

    /// <summary>As S3 writes it: eight bytes, the highest first, in base 64.</summary>
    public static string FormatCrc64(Checksum checksum)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, checksum.Value);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>What a store says of an object; null where that is not of the whole of it, as one made of the checksums of its parts is not.</summary>
    /// <param name="crc64">As S3 writes it.</param>
    /// <param name="type">FULL_OBJECT or COMPOSITE.</param>
    public static Checksum? ChecksumOfWhole(string? crc64, string? type) => type == "FULL_OBJECT" ? ParseCrc64(crc64) : null;

    public static Checksum? ParseCrc64(string? text)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        return text is not null && Convert.TryFromBase64String(text, bytes, out var length) && length == sizeof(ulong)
            ? new Checksum(BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : null;
    }
}
