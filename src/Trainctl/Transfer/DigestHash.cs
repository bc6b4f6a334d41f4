using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>Computes a digest of the kind that a store keeps, block by block.</summary>
internal sealed class DigestHash : IDisposable
{
    private readonly DigestKind _kind;
    private readonly Crc32? _crc;
    private readonly IncrementalHash? _hash;

    public DigestHash(DigestKind kind)
    {
        _kind = kind;
#pragma warning disable CA5350 // Do not use weak cryptographic algorithms: it is what somebody had the store keep, and it is used against accidents only
        (_crc, _hash) = kind switch
        {
            DigestKind.Md5 => (null, Md5.Begin()),
            DigestKind.Crc32 => (new Crc32(Crc32ParameterSet.Crc32), null),
            DigestKind.Crc32C => (new Crc32(Crc32ParameterSet.Crc32C), null),
            DigestKind.Sha1 => (null, IncrementalHash.CreateHash(HashAlgorithmName.SHA1)),
            _ => ((Crc32?)null, IncrementalHash.CreateHash(HashAlgorithmName.SHA256)),
        };
#pragma warning restore CA5350
    }

    public static KeptDigest Of(DigestKind kind, ReadOnlySpan<byte> content)
    {
        using var hash = new DigestHash(kind);
        hash.Append(content);
        return hash.Finish();
    }

    public void Append(ReadOnlySpan<byte> block)
    {
        _crc?.Append(block);
        _hash?.AppendData(block);
    }

    public KeptDigest Finish()
    {
        if (_crc is null)
            return new KeptDigest(_kind, Convert.ToHexStringLower(_hash!.GetHashAndReset()));
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, _crc.GetCurrentHashAsUInt32());
        return new KeptDigest(_kind, Convert.ToHexStringLower(bytes));
    }

    public void Dispose() => _hash?.Dispose();
}
