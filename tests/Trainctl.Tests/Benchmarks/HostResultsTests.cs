using Trainctl.Benchmarks.Hosts;
using Trainctl.Benchmarks.Peers.Results;
using Trainctl.Testing;

namespace Trainctl.Tests.Benchmarks;

/// <summary>What is measured inside of builds, and what a table says about it.</summary>
public sealed class HostResultsTests
{
    [Test]
    public void Without_options_every_row_runs_at_full_size()
    {
        var options = HostOptions.Parse([]);

        Assert.Multiple(() =>
        {
            Assert.That(options.Rows, Is.EqualTo(HostRow.All.Select(static r => r.Name)).And.Unique);
            Assert.That((options.Pairs, options.Operations, options.Scale), Is.EqualTo((3, 2, 1.0)));
            Assert.That(HostRow.All.Select(static r => r.Text), Is.EqualTo(new[]
            {
                "upload 5,000 x 16 KiB",
                "download 5,000 x 16 KiB",
                "sync with nothing to do, 5,000 x 16 KiB",
                "upload 1 x 256 MiB",
                "download 1 x 256 MiB",
            }));
        });
    }

    [TestCase("--rows=uplaod")]
    [TestCase("--pairs=0")]
    [TestCase("--operations=1")]
    [TestCase("--scale=2")]
    [TestCase("--crc-store")]
    public void An_argument_that_makes_no_sense_is_refused(string argument) =>
        Assert.That(() => HostOptions.Parse([argument]), Throws.TypeOf<FormatException>().With.Message.Contains(argument.Split('=')[^1]));

    [Test]
    public void A_table_has_ratios_to_the_tool_beside_and_marks_those_above_the_goal()
    {
        // The machine became ten times slower after the first round.
        var result = new HostResult("upload", new Dictionary<string, IReadOnlyList<HostTimes>>
        {
            [PeerReport.Ours] = [new(1, 1), new(10, 10), new(10, 10)],
            ["Cake"] = [new(2, 1.15), new(20, 11.5), new(20, 11.5)],
            ["MSBuild"] = [new(2, 1.16), new(20, 11.6), new(20, 1)],
        });

        var table = HostTable.Of([result], ["Cake", "MSBuild"], [("processor", "a very good one")]);

        Assert.Multiple(() =>
        {
            Assert.That(table, Does.Contain("| work | trainctl, s | Cake | MSBuild |"));
            Assert.That(table, Does.Contain("| upload | 10.000 | 1.15 (2.00) | **1.16** (2.00) |"));
            Assert.That(table, Does.Contain("| processor | a very good one |"));
        });
    }

    [Test]
    public void Only_one_version_of_a_package_is_measured_and_one_of_a_longer_name_is_none_of_it()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["Trainctl.Cake.0.1.0-dev.1.nupkg", "Trainctl.Cake.Frosting.0.1.0-dev.1.nupkg", "Trainctl.MSBuild.1.0.0.nupkg", "Trainctl.MSBuild.2.0.0.nupkg"])
            File.WriteAllText(Path.Join(folder.Path, name), "");

        Assert.Multiple(() =>
        {
            Assert.That(HostPackage.Find(folder.Path, "Trainctl.Cake").Version, Is.EqualTo("0.1.0-dev.1"));
            Assert.That(() => HostPackage.Find(folder.Path, "Trainctl.MSBuild"), Throws.Exception.With.Message.Contains("2 packages"));
        });
    }
}
