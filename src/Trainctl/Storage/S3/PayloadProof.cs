using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Trainctl.Storage.S3;

/// <summary>
/// How a body proves itself to the store, which refuses it when the bytes were damaged on their way. AWS checks CRC-64/NVME. Where the connection is not
/// encrypted, the signature covers the body's SHA-256. The rest check Content-MD5: many reject checksum headers that they do not know
/// (aws/aws-sdk-net#3610).
/// </summary>
internal readonly record struct PayloadProof(string? Md5Base64, string? Md5Hex, Checksum? Crc64, bool IsPayloadUnsigned)
{
    public string? Crc64Base64 => Crc64 is { } checksum ? FormatCrc64(checksum) : null;

    /// <param name="content">The body.</param>
    /// <param name="checksum">Its checksum where it is known already.</param>
    /// <param name="connection">To where it is sent.</param>
    public static PayloadProof Of(ReadOnlyMemory<byte> content, Checksum? checksum, S3Connection connection)
    {
        if (connection.Provider.TakesCrc64)
            return new PayloadProof(null, null, checksum ?? Transfer.Crc64.Of(content.Span), connection.IsEncrypted);
        if (!connection.IsEncrypted && !connection.IsAnonymous)
            return new PayloadProof(null, null, null, IsPayloadUnsigned: false);
#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: the protocol has MD5, and it is used against accidents only
        var md5 = MD5.HashData(content.Span);
#pragma warning restore CA5351
        return new PayloadProof(Convert.ToBase64String(md5), Convert.ToHexStringLower(md5), null, connection.IsEncrypted);
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
