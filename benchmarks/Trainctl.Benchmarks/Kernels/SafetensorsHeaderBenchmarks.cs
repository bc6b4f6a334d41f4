using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Trainctl.Checkpoints.Formats;

namespace Trainctl.Benchmarks.Kernels;

/// <summary>What a shard's header says about the length of its file.</summary>
[MemoryDiagnoser]
public class SafetensorsHeaderBenchmarks
{
    private byte[] _json = [];

    [Params(300, 3_000)]
    public int Tensors { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        const long Size = 4096L * 4096 * 2;
        var entries = Enumerable.Range(0, Tensors).Select(static i => string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            "model.layers.{{i}}.self_attn.q_proj.weight":{"dtype":"BF16","shape":[4096,4096],"data_offsets":[{{i * Size}},{{(i + 1) * Size}}]}
            """));
        _json = Encoding.UTF8.GetBytes($$$"""{"__metadata__":{"format":"pt"},{{{string.Join(',', entries)}}}}""");
    }

    [Benchmark]
    public long? FileLength() => SafetensorsHeader.FileLength(_json);
}
