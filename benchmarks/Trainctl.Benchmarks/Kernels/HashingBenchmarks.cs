using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Trainctl.Storage.Hashing;
using Trainctl.Transfer;

namespace Trainctl.Benchmarks.Kernels;

/// <summary>What can prove a body, side by side; which of them is needed is the store's to say.</summary>
[MemoryDiagnoser]
public class HashingBenchmarks
{
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];
    private byte[] _content = [];

    [Params(16 * 1024, 16 * 1024 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _content = new byte[Bytes];
        new Random(1).NextBytes(_content);
    }

    [Benchmark(Baseline = true)]
    public ulong Crc64Nvme() => Crc64.Of(_content).Value;

    [Benchmark]
    public int Sha256() => SHA256.HashData(_content, _hash);

    [Benchmark]
#pragma warning disable CA5351 // As S3 demands it in Content-MD5, against accidents and not against attacks.
    public int Md5() => MD5.HashData(_content, _hash);
#pragma warning restore CA5351

    /// <summary>Our own, for what is short.</summary>
    [Benchmark]
    public byte[] OwnSha256() => ShortSha256.Of(_content);

    /// <summary>Our own, for what is short.</summary>
    [Benchmark]
    public byte[] OwnMd5() => ShortMd5.Of(_content);
}
