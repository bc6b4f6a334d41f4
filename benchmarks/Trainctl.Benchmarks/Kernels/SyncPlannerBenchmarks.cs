using BenchmarkDotNet.Attributes;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;

namespace Trainctl.Benchmarks.Kernels;

/// <summary>Merging two equal listings that are there already: one decision for each object.</summary>
[MemoryDiagnoser]
public class SyncPlannerBenchmarks
{
    private static readonly StoreTraits Traits = new MemoryStore().Traits;

    private StoredObject[] _source = [];
    private StoredObject[] _destination = [];

    [Params(10_000, 100_000)]
    public int Objects { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _source = [.. Listings.Of(Objects)];
        _destination = [.. Listings.Of(Objects)];
    }

    [Benchmark]
    public async Task<long> Merge()
    {
        var same = 0L;
        await foreach (var decision in SyncPlanner.PlanAsync(
            _source.ToAsyncEnumerable(), Traits, _destination.ToAsyncEnumerable(), Traits, Comparison.SizeAndTime))
        {
            if (decision.Verdict == Verdict.Same)
                same++;
        }

        return same;
    }
}
