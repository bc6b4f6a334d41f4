using Trainctl.Benchmarks.Scale;

namespace Trainctl.Tests.Benchmarks;

/// <summary>What counts as growth with the number of objects.</summary>
public sealed class ScaleRowTests
{
    private static readonly ScaleRow Few = ScaleRow.Parse("| sync, nothing to do | 10,000 | 45 | 448 | 10 | 1.0 | 0.9 | 18.2 | 0 |");

    [Test]
    public void A_row_is_read_back() =>
        Assert.That((Few.Objects, Few.Milliseconds, Few.WorkingSetMebibytes, Few.Rows), Is.EqualTo((10_000.0, 45.0, 18.2, 0.0)));

    [Test]
    public void Flat_memory_and_linear_time_hold() =>
        Assert.That(ScaleRow.Problems("sync", [Few, Few with { Objects = 1_000_000, Milliseconds = 4_500, WorkingSetMebibytes = 82 }]), Is.Empty);

    [Test]
    public void More_than_64_MiB_without_rows_is_growth() =>
        Assert.That(
            ScaleRow.Problems("sync", [Few with { Objects = 1_000_000, WorkingSetMebibytes = 83 }, Few]),
            Is.EqualTo(new[] { "sync: 65 MiB more for 1,000,000 objects than for 10,000, and 64 are allowed" }));

    [Test]
    public void Rows_may_take_memory_but_not_any_amount_of_it()
    {
        var rows = Few with { Objects = 100_000, Rows = 100_000 };

        Assert.Multiple(() =>
        {
            Assert.That(ScaleRow.Problems("list", [Few, rows with { WorkingSetMebibytes = 300 }]), Is.Empty);
            Assert.That(ScaleRow.Problems("list", [Few, rows with { WorkingSetMebibytes = 500 }]), Has.Exactly(1).Items);
        });
    }

    [Test]
    public void Quadratic_time_is_found() =>
        Assert.That(ScaleRow.Problems("prune", [Few, Few with { Objects = 100_000, Milliseconds = 4_500 }]), Is.EqualTo(new[] { "prune: 10.0 times as long for each object of 100,000 as for each of 10,000" }));
}
