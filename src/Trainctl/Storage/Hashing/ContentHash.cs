using System.Security.Cryptography;

namespace Trainctl.Storage.Hashing;

/// <summary>SHA-256, MD5 or SHA-1 of content that comes in blocks, as fast as the machine can.</summary>
internal abstract class ContentHash : IDisposable
{
    /// <summary>Begins one, at its best where it is best.</summary>
    public static ContentHash Begin(HashAlgorithmName algorithm) => OpenSslHash.TryBegin(algorithm) ?? BeginPlatform(algorithm);

    /// <summary>Begins one of the platform.</summary>
    public static ContentHash BeginPlatform(HashAlgorithmName algorithm) => new PlatformHash(IncrementalHash.CreateHash(algorithm));

    /// <summary>The hash of content that is there whole.</summary>
    public static byte[] Of(HashAlgorithmName algorithm, ReadOnlySpan<byte> content)
    {
        using var hash = Begin(algorithm);
        hash.Append(content);
        return hash.Finish();
    }

    public abstract void Append(ReadOnlySpan<byte> block);

    /// <summary>The hash of all that came, after which it begins anew.</summary>
    public abstract byte[] Finish();

    public abstract void Dispose();

    private sealed class PlatformHash(IncrementalHash hash) : ContentHash
    {
        public override void Append(ReadOnlySpan<byte> block) => hash.AppendData(block);

        public override byte[] Finish() => hash.GetHashAndReset();

        public override void Dispose() => hash.Dispose();
    }
}
