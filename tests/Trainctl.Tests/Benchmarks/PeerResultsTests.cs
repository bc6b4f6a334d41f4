using System.Xml.Linq;
using Trainctl.Benchmarks.Peers.Results;

namespace Trainctl.Tests.Benchmarks;

/// <summary>What a comparison with other programs says about its measurements.</summary>
public sealed class PeerResultsTests
{
    private const double Mebi = 1024 * 1024;

    [TestCase(new double[] { }, null)]
    [TestCase(new[] { 3.0 }, 3.0)]
    [TestCase(new[] { 9.0, 1.0, 2.0 }, 2.0)]
    [TestCase(new[] { 4.0, 1.0, 2.0, 100.0 }, 3.0)]
    public void The_median_is_the_middle(double[] values, double? expected) => Assert.That(Medians.Of(values), Is.EqualTo(expected));

    [Test]
    public void A_ratio_is_of_runs_beside_each_other()
    {
        // The machine became ten times slower after the first pair; the ratio of the medians would be 5.
        var ratio = Medians.Ratio([Run(1), Run(10), Run(10)], [Run(2), Run(20), Run(2)], static m => m.Seconds);

        Assert.That(ratio, Is.EqualTo(0.5));
    }

    [Test]
    public void A_ratio_to_nothing_is_none_and_unpaired_runs_are_a_mistake()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Medians.Ratio([Run(1)], [Run(0)], static m => m.Seconds), Is.Null);
            Assert.That(Medians.Ratio([Run(1)], [Run(1) with { PeakBytes = null }], static m => m.PeakBytes), Is.Null);
            Assert.That(static () => Medians.Ratio([Run(1)], [Run(1), Run(1)], static m => m.Seconds), Throws.ArgumentException);
        });
    }

    [TestCase(0.5, 0.7, "holds")]
    [TestCase(0.51, 0.7, "**slower than the goal**")]
    [TestCase(0.5, 0.71, "**more memory than the goal**")]
    [TestCase(2.0, 2.0, "**slower than the goal, more memory than the goal**")]
    [TestCase(null, 0.7, "**not compared**")]
    public void A_row_is_judged_by_both_goals(double? wall, double? memory, string expected) =>
        Assert.That(PeerTable.Judgement(new RowResult("upload", 0.5, 0.7, 1), wall, memory), Is.EqualTo(expected));

    [Test]
    public void A_table_has_ratios_absolute_medians_and_what_it_was_measured_with()
    {
        var table = PeerTable.Of(Report(Row("upload", (1, 10), (2, 20))));

        Assert.Multiple(() =>
        {
            Assert.That(table, Does.Contain("| upload | 0.50 | 0.50 | 0.50 | 0.75 | 0.70 | holds |"));
            Assert.That(table, Does.Contain("| upload | 1.000 / 0.500 / 10.0 | 2.000 / 1.000 / 20.0 | 1 |"));
            Assert.That(table, Does.Contain("| processor | a very good one |"));
        });
    }

    [Test]
    public void Who_leaves_files_to_the_system_is_compared_by_the_time_until_they_are_on_the_disk()
    {
        var row = Row("download", (3, 10), (2, 20));
        var flushed = row with { Runs = row.Runs.ToDictionary(static r => r.Key, static r => Flushed(r.Value, r.Key == PeerReport.Ours ? 0 : 4)) };

        Assert.Multiple(() =>
        {
            Assert.That(PeerTable.Of(Report(row)), Does.Not.Contain("on the disk"));
            Assert.That(PeerTable.Of(Report(flushed)), Does.Contain("| work | wall to s5cmd |\n|---|---:|\n| download | 0.50 |\n"));
        });

        static IReadOnlyList<Measurement> Flushed(IReadOnlyList<Measurement> runs, double seconds) => [.. runs.Select(m => m with { FlushSeconds = seconds })];
    }

    [Test]
    public void The_table_says_how_fast_a_client_that_costs_nothing_would_be()
    {
        var row = Row("upload", (3, 10), (4, 20));
        var watched = row with { Runs = row.Runs.ToDictionary(static r => r.Key, static r => Watched(r.Value, r.Key == PeerReport.Ours ? 5 : 6)) };

        Assert.Multiple(() =>
        {
            Assert.That(PeerTable.Of(Report(row)), Does.Not.Contain("at best"));
            // Two processors that do nothing but serve for 5 s are done after 2.5 s of the 4 s that the peer takes.
            Assert.That(PeerTable.Of(Report(watched) with { Processors = 2 }), Does.Contain("| upload | 1.50 / 5.00 / 0.25 | 2.00 / 6.00 / 0.25 | 0.63 |"));
        });

        static IReadOnlyList<Measurement> Watched(IReadOnlyList<Measurement> runs, double others) =>
            [.. runs.Select(m => m with { OthersSeconds = others, IdleSeconds = 0.25 })];
    }

    [Test]
    public void The_table_says_how_far_a_client_goes_that_does_nothing_but_move_bytes()
    {
        var row = Row("upload", (3, 10), (4, 20));
        var bare = row with { Runs = new Dictionary<string, IReadOnlyList<Measurement>>(row.Runs) { [PeerReport.Bare] = [Run(2)] } };

        Assert.Multiple(() =>
        {
            Assert.That(PeerTable.Of(Report(row)), Does.Not.Contain(PeerReport.Bare));
            Assert.That(PeerTable.Of(Report(bare, Row("list", (1, 1), (2, 1)))), Does.Contain("---:|\n| upload | 2.000 / 1.000 | 0.50 | 0.75 | 0.75 | 1.50 |\n\n"));
        });
    }

    [Test]
    public void What_is_missing_is_said_in_the_table()
    {
        var row = new RowResult("upload", 0.75, 0.7, 1)
        {
            Runs = new Dictionary<string, IReadOnlyList<Measurement>> { [PeerReport.Ours] = [Run(1)] },
            Failures = new Dictionary<string, string> { [PeerReport.S5cmd] = "it ended with exit code 1" },
        };

        var table = PeerTable.Of(Report(row, new RowResult("crc", 0.5, 1, 1) { NotRun = "no such store" }) with { Warnings = ["s5cmd is not on PATH"] });

        Assert.Multiple(() =>
        {
            Assert.That(table, Does.StartWith("> **s5cmd is not on PATH**"));
            Assert.That(table, Does.Contain("| upload | - | - | - | 0.75 | 0.70 | **not compared** |"));
            Assert.That(table, Does.Contain("| crc | - | - | - | 0.50 | 1.00 | not run: no such store |"));
            Assert.That(table, Does.Contain("> **s5cmd failed at upload: it ended with exit code 1**"));
        });
    }

    [Test]
    public void A_chart_is_an_svg_with_a_bar_for_each_row_that_was_compared()
    {
        var svg = XDocument.Parse(PeerChart.Of(Report(Row("up & <down>", (1, 1), (2, 1)), Row("list", (3, 1), (2, 1)), new RowResult("crc", 0.5, 1, 1) { NotRun = "no" })));
        var bars = svg.Descendants().Where(static e => e.Name.LocalName == "rect").ToArray();
        var texts = svg.Descendants().Where(static e => e.Name.LocalName == "text").Select(static e => e.Value).ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(bars.Select(static b => b.Attribute("class")!.Value), Is.EqualTo(new[] { "faster", "slower" }));
            Assert.That((double)bars[1].Attribute("width")! / (double)bars[0].Attribute("width")!, Is.EqualTo(3).Within(0.01));
            Assert.That(texts, Does.Contain("up & <down>").And.Contain("0.50").And.Contain("1.50").And.Not.Contain("crc"));
            Assert.That(svg.ToString(), Does.Contain("prefers-color-scheme: dark"));
        });
    }

    private static Measurement Run(double seconds, double mebibytes = 1) => new(seconds, seconds / 2, (long)(mebibytes * Mebi), 1000);

    private static RowResult Row(string text, (double Seconds, double Mebibytes) ours, (double Seconds, double Mebibytes) theirs) => new(text, 0.75, 0.7, 1)
    {
        Runs = new Dictionary<string, IReadOnlyList<Measurement>>
        {
            [PeerReport.Ours] = [Run(ours.Seconds, ours.Mebibytes)],
            [PeerReport.S5cmd] = [Run(theirs.Seconds, theirs.Mebibytes)],
        },
    };

    private static PeerReport Report(params RowResult[] rows) => new([("processor", "a very good one")], [], [PeerReport.S5cmd], rows);
}
