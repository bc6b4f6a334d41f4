using System.Globalization;
using BenchmarkDotNet.Attributes;
using Trainctl.Checkpoints;
using Trainctl.Retention;

namespace Trainctl.Benchmarks.Kernels;

/// <summary>Deciding about checkpoints, 100 in each run, of which three are kept.</summary>
[MemoryDiagnoser]
public class RetentionBenchmarks
{
    private const int PerRun = 100;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private CheckpointRun[] _runs = [];
    private CheckpointPointer[] _pointers = [];

    [Params(100, 10_000)]
    public int Checkpoints { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _runs = [.. Enumerable.Range(0, Checkpoints / PerRun).Select(Run)];
        _pointers = [.. _runs.Select(static r => Best(r, r.Units[7]))];
    }

    [Benchmark]
    public int Evaluate() => RetentionEvaluator.Evaluate(_runs, _pointers, new RetentionPolicy { KeepLast = 3 }, Start.AddDays(30)).Count;

    private static CheckpointPointer Best(CheckpointRun run, CheckpointUnit unit) =>
        new() { Kind = PointerKind.Best, Key = run.Name + "/best", Text = "best", Targets = [unit.Path] };

    private static CheckpointRun Run(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"run-{number:0000}");
        return new CheckpointRun
        {
            Name = name,
            Layout = "benchmark",
            Ordering = CheckpointOrdering.Step,
            Units = [.. Enumerable.Range(1, PerRun).Select(step => Unit(name, step))],
        };
    }

    private static CheckpointUnit Unit(string run, int step)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{run}/checkpoint-{step}");
        return new CheckpointUnit
        {
            Path = path,
            Layout = "benchmark",
            Run = run,
            Step = step,
            Objects = [],
            ModifiedAt = Start.AddHours(step),
            State = CheckpointState.Complete,
            ManifestKey = path + "/manifest",
            KeyPrefix = path + "/",
        };
    }
}
