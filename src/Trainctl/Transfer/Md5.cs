using System.Security.Cryptography;
using Trainctl.Storage.Hashing;

namespace Trainctl.Transfer;

#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: MD5 is what S3 tells and checks, and it is used against accidents only

/// <summary>MD5 as S3 uses it: in ETags, in Content-MD5.</summary>
internal static class Md5
{
    /// <summary>Up to here OpenSSL's MD5, half as fast again, is not worth loading it for.</summary>
    private const int Short = 4096;

    /// <summary>As ETags have it: 32 lower-case hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(content.Length <= Short ? ShortMd5.Of(content) : ContentHash.Of(HashAlgorithmName.MD5, content));

    /// <summary>For content that comes in blocks.</summary>
    public static ContentHash Begin() => ContentHash.Begin(HashAlgorithmName.MD5);
}
