using System.Text.Json;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>What <c>trainctl doctor</c> prints, and how it ends.</summary>
public sealed class DoctorCommandTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task It_prints_a_table_even_when_it_is_to_be_quiet()
    {
        var run = await CommandRun.InAsync(_folder, "doctor", ".", "--quiet");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")), run.ToString());
        Assert.That(run.Out, Does.Contain("check      result").And.Match("write +works").And.Contain("6 of 6 checks work"));
    }

    [Test]
    public async Task Its_JSON_has_a_result_for_each_check()
    {
        var run = await CommandRun.InAsync(_folder, "doctor", ".", "--read-only", "--json");

        var report = JsonDocument.Parse(run.Out).RootElement;
        Assert.That((run.ExitCode, report.GetProperty("operation").GetString(), report.GetProperty("dryRun").GetBoolean()), Is.EqualTo((0, "doctor", true)));
        Assert.That(report.GetProperty("checks")[0].GetProperty("name").GetString(), Is.EqualTo("list"));
        Assert.That(report.GetProperty("checks")[0].GetProperty("result").GetString(), Is.EqualTo("Works"));
    }

    [Test]
    public async Task What_is_needed_and_does_not_work_is_told_last_and_is_the_exit_code()
    {
        var run = await CommandRun.InAsync(_folder, "doctor", "nowhere");

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((3, run.Out)));
        Assert.That(run.Out, Does.Match("list +FAILED +TRAINCTL1001").And.Match("write +not tried"));
        Assert.That(run.Error, Does.StartWith("TRAINCTL1001: list: The folder '"));
    }

    [TestCase("Provider", "--provider", "doctor", "s3://b/", "--provider", "ceph")]
    [TestCase("CaBundle", "--ca-bundle", "doctor", "s3://b/", "--ca-bundle", "missing.pem")]
    public async Task A_setting_that_makes_no_sense_is_named_as_an_option(string setting, string option, params string[] line)
    {
        var run = await CommandRun.InAsync(_folder, line);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.Contain(setting).And.Contain($"The option is {option}."));
    }

    [Test]
    public async Task A_provider_that_there_is_none_of_is_refused_with_those_that_there_are()
    {
        var run = await CommandRun.InAsync(_folder, "doctor", "s3://b/", "--provider", "cephs");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.Contain("'cephs' is not one of aws, gcs, r2, minio, ceph, seaweedfs, other"));
    }
}
