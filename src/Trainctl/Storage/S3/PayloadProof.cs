using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Trainctl.Storage.S3;

/// <summary>
/// How a body proves itself to the store. AWS checks CRC-64/NVME; the others check Content-MD5. Where the connection is not encrypted, or the
/// service is not known to do without, the signature covers the body as well.
/// </summary>
internal sealed record PayloadProof(string? Md5Hex, string? Md5Base64, Checksum? Crc64, bool IsPayloadUnsigned)
{
    public string? Crc64Base64 => Crc64 is { } checksum ? FormatCrc64(checksum) : null;

    public static PayloadProof Of(ReadOnlyMemory<byte> content, S3Connection connection)
    {
        if (connection.Provider.TakesCrc64)
            return new PayloadProof(null, null, Transfer.Crc64.Of(content.Span), connection.IsPayloadUnsigned);
#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: the protocol has MD5, and it is used against accidents only
        var md5 = MD5.HashData(content.Span);
#pragma warning restore CA5351
        return new PayloadProof(Convert.ToHexStringLower(md5), Convert.ToBase64String(md5), null, connection.IsPayloadUnsigned);
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
