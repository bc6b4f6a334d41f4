using Trainctl.Benchmarks.Soak;

namespace Trainctl.Tests.Benchmarks;

/// <summary>What counts as growth in a run of hours.</summary>
public sealed class SoakMeasureTests
{
    private static readonly SoakMeasure Handles = SoakMeasure.All.Single(static m => m.Name == "handles");

    [Test]
    public void What_is_opened_in_the_first_quarter_is_no_growth() =>
        Assert.That(Handles.Grows(Samples(static i => i < 25 ? i * 10 : 250)), Is.False);

    [Test]
    public void One_moment_is_no_growth() => Assert.That(Handles.Grows(Samples(static i => i == 99 ? 10_000 : 250)), Is.False);

    [Test]
    public void A_handle_that_is_lost_every_fifth_round_is() =>
        Assert.That((Handles.Growth(Samples(static i => 250 + (i / 5))), Handles.Grows(Samples(static i => 250 + (i / 5)))), Is.EqualTo((10.0, true)));

    [Test]
    public void Every_measure_looks_at_its_own_value()
    {
        var before = new SoakSample(0, 0, 0, 0, 0);
        SoakSample[] after = [before with { WorkingSetBytes = 1e9 }, before with { ManagedBytes = 1e9 }, before with { Handles = 1e3 }, before with { Threads = 1e3 }];

        Assert.That(
            SoakMeasure.All.Select(m => after.Select(a => m.Grows([before, before, a, a])).ToArray()),
            Is.EqualTo(Enumerable.Range(0, after.Length).Select(i => Enumerable.Range(0, after.Length).Select(j => i == j).ToArray())));
    }

    private static SoakSample[] Samples(Func<int, double> handles) => [.. Enumerable.Range(0, 100).Select(i => new SoakSample(i, 0, 0, handles(i), 0))];
}
