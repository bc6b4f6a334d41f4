using System.Security.Cryptography;

namespace Trainctl.Transfer;

#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: MD5 is what S3 tells and checks, and it is used against accidents only

/// <summary>MD5 as S3 uses it: in ETags, in Content-MD5.</summary>
internal static class Md5
{
    /// <summary>As ETags have it: 32 lower-case hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(MD5.HashData(content));

    /// <summary>The sixteen bytes.</summary>
    public static byte[] BytesOf(ReadOnlySpan<byte> content) => MD5.HashData(content);

    /// <summary>For content that comes in blocks.</summary>
    public static IncrementalHash Begin() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);
}
