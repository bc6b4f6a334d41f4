using BenchmarkDotNet.Attributes;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Benchmarks.Kernels;

/// <summary>CRC-64/NVME of content, and the joining of two parts' checksums.</summary>
[MemoryDiagnoser]
public class Crc64Benchmarks
{
    private byte[] _content = [];
    private Checksum _first;
    private Checksum _second;

    [Params(16 * 1024, 16 * 1024 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _content = new byte[Bytes];
        new Random(1).NextBytes(_content);
        _first = Crc64.Of(_content.AsSpan(0, Bytes / 2));
        _second = Crc64.Of(_content.AsSpan(Bytes / 2));
    }

    [Benchmark]
    public ulong Of() => Crc64.Of(_content).Value;

    [Benchmark]
    public ulong Combine() => Crc64.Combine(_first, _second, Bytes / 2).Value;
}
