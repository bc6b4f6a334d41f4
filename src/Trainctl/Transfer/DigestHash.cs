using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Trainctl.Storage;
using Trainctl.Storage.Hashing;
using Trainctl.Storage.S3;

namespace Trainctl.Transfer;

/// <summary>Computes of content that comes in blocks what a store keeps of it.</summary>
internal sealed class DigestHash : IDisposable
{
    private readonly KeptDigest _expected;
    private readonly Crc32? _crc;
    private readonly ContentHash? _hash;
    private readonly PartsHash[] _parts = [];

    /// <param name="expected">What it should come to; says what is to be computed.</param>
    public DigestHash(KeptDigest expected)
    {
        _expected = expected;
        switch (expected.Kind)
        {
            case DigestKind.Crc32:
                _crc = new Crc32(Crc32ParameterSet.Crc32);
                break;
            case DigestKind.Crc32C:
                _crc = new Crc32(Crc32ParameterSet.Crc32C);
                break;
            case DigestKind.Md5OfParts:
                _parts = [.. expected.PartSizes.Select(static size => new PartsHash(size))];
                break;
            default:
                _hash = Begin(expected.Kind);
                break;
        }
    }

    public static KeptDigest Of(KeptDigest expected, ReadOnlySpan<byte> content)
    {
        using var hash = new DigestHash(expected);
        hash.Append(content);
        return hash.Finish();
    }

    /// <summary>Of what was written, in any order. Null where it cannot be read.</summary>
    /// <param name="write">Where it is.</param>
    /// <param name="expected">What it should come to.</param>
    /// <param name="size">All its bytes.</param>
    public static KeptDigest? ReadBack(IBlockWrite write, KeptDigest expected, long size)
    {
        if (expected.Kind != DigestKind.Md5OfParts)
        {
            using var hash = new DigestHash(expected);
            return write.ReadBack(new ByteRange(0, size), (_, block) => hash.Append(block)) is null ? null : hash.Finish();
        }

        KeptDigest? first = null;
        foreach (var partSize in expected.PartSizes)
        {
            if (ReadPartsBack(write, size, partSize) is not { } digest)
                return null;
            if (digest == expected)
                return digest;
            first ??= digest;
        }

        return first;
    }

    public void Append(ReadOnlySpan<byte> block)
    {
        _crc?.Append(block);
        _hash?.Append(block);
        foreach (var parts in _parts)
            parts.Append(block);
    }

    /// <summary>What it came to. Of parts, whose size nobody knows, what was expected if any size gives it.</summary>
    public KeptDigest Finish()
    {
        if (_expected.Kind == DigestKind.Md5OfParts)
        {
            var found = _parts.Select(p => new KeptDigest(DigestKind.Md5OfParts, p.Finish())).ToArray();
            return found.FirstOrDefault(_expected.Equals) ?? found[0];
        }

        if (_crc is null)
            return new KeptDigest(_expected.Kind, Convert.ToHexStringLower(_hash!.Finish()));
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, _crc.GetCurrentHashAsUInt32());
        return new KeptDigest(_expected.Kind, Convert.ToHexStringLower(bytes));
    }

    public void Dispose()
    {
        _hash?.Dispose();
        foreach (var parts in _parts)
            parts.Dispose();
    }

    /// <summary>Parts can be read by all processors at once.</summary>
    private static KeptDigest? ReadPartsBack(IBlockWrite write, long size, long partSize)
    {
        var parts = PartLayout.Parts(size, partSize).ToArray();
        var md5s = new string[parts.Length];
        var result = Parallel.ForEach(parts, (part, state) =>
        {
            using var md5 = Md5.Begin();
            if (write.ReadBack(part.Range, (_, block) => md5.Append(block)) is null)
                state.Stop();
            md5s[part.Number - 1] = Convert.ToHexStringLower(md5.Finish());
        });
        return result.IsCompleted ? new KeptDigest(DigestKind.Md5OfParts, MultipartETag.Of(md5s)!) : null;
    }

#pragma warning disable CA5350 // Do not use weak cryptographic algorithms: it is what somebody had the store keep, and it is used against accidents only
    private static ContentHash Begin(DigestKind kind) => kind switch
    {
        DigestKind.Md5 => Md5.Begin(),
        DigestKind.Sha1 => ContentHash.Begin(HashAlgorithmName.SHA1),
        DigestKind.Sha256 => ContentHash.Begin(HashAlgorithmName.SHA256),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
#pragma warning restore CA5350

    /// <summary>The ETag of content that is cut into parts of one size.</summary>
    private sealed class PartsHash(long partSize) : IDisposable
    {
        private readonly ContentHash _md5 = Md5.Begin();
        private readonly List<string> _finished = [];
        private long _inPart;

        public void Append(ReadOnlySpan<byte> block)
        {
            while (!block.IsEmpty)
            {
                if (_inPart == partSize)
                    EndPart();
                var taken = block[..(int)Math.Min(block.Length, partSize - _inPart)];
                _md5.Append(taken);
                _inPart += taken.Length;
                block = block[taken.Length..];
            }
        }

        public string Finish()
        {
            EndPart();
            return MultipartETag.Of(_finished)!;
        }

        public void Dispose() => _md5.Dispose();

        private void EndPart()
        {
            _finished.Add(Convert.ToHexStringLower(_md5.Finish()));
            _inPart = 0;
        }
    }
}
