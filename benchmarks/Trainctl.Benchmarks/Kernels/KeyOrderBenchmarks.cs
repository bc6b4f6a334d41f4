using BenchmarkDotNet.Attributes;
using Trainctl.Storage;

namespace Trainctl.Benchmarks.Kernels;

/// <summary>Comparing neighbours of a listing by their UTF-8 bytes, with .NET's ordinal comparison beside it.</summary>
[MemoryDiagnoser]
public class KeyOrderBenchmarks
{
    private const int Keys = 1000;

    private string[] _keys = [];

    [Params(false, true)]
    public bool NonAscii { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var word = NonAscii ? "\u6A23\u672C\U0001F600" : "sample";
        _keys = [.. Listings.Of(Keys + 1).Select(o => o.Key.Replace("sample", word, StringComparison.Ordinal))];
    }

    [Benchmark(OperationsPerInvoke = Keys)]
    public int Compare()
    {
        var sum = 0;
        for (var i = 0; i < Keys; i++)
            sum += KeyOrder.Compare(_keys[i], _keys[i + 1]);
        return sum;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Keys)]
    public int Ordinal()
    {
        var sum = 0;
        for (var i = 0; i < Keys; i++)
            sum += string.CompareOrdinal(_keys[i], _keys[i + 1]);
        return sum;
    }
}
