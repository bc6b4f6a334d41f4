using System.Buffers.Binary;
using System.Security.Cryptography;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>
/// How a body proves itself to the store, which refuses it when the bytes were damaged on their way: see <see cref="S3Connection.Proof"/>. Most services reject
/// checksum headers that they do not know (aws/aws-sdk-net#3610).
/// </summary>
internal readonly record struct PayloadProof(string? Md5Base64, string? Md5Hex, Checksum? Crc64, bool IsPayloadUnsigned)
{
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

    /// <summary>As S3 writes it: eight bytes, the highest first, in base 64.</summary>
    public static string FormatCrc64(Checksum checksum)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, checksum.Value);
        return Convert.ToBase64String(bytes);
    }

    public static Checksum? ParseCrc64(string? text)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        return text is not null && Convert.TryFromBase64String(text, bytes, out var length) && length == sizeof(ulong)
            ? new Checksum(BinaryPrimitives.ReadUInt64BigEndian(bytes))
            : null;
    }
}
