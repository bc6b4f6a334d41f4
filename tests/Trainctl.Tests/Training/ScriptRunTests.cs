using System.Collections.Concurrent;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Testing;
using Trainctl.Training;

namespace Trainctl.Tests.Training;

/// <summary>Scripts as users write them.</summary>
public sealed class ScriptRunTests
{
    private readonly ConcurrentQueue<string> _lines = [];
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _lines.Clear();
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    [Platform(Exclude = "Win", Reason = "There is no shell.")]
    public async Task A_shell_script_gets_its_arguments_as_they_are_and_its_exit_code_is_ours()
    {
        _folder.Write("src/train.sh", "echo \"$1\"; echo \"$#\" >&2; pwd; exit 9");

        var report = await RunAsync(new RunTrainingSettings { Script = "src/train.sh", Arguments = ["a b\"*'$HOME", ""] });

        Assert.That(report.ExitCode, Is.EqualTo(9));
        Assert.That(_lines, Is.EquivalentTo(new[] { "a b\"*'$HOME", "2", _folder.Path }));
    }

    [Test]
    public async Task Nothing_of_the_arguments_is_reported_or_printed()
    {
        _folder.Write("train.sh", "exit 0");
        var settings = new RunTrainingSettings { Script = "train.sh", Arguments = ["--key", "hunter2"] };

        var report = await RunAsync(settings);

        Assert.That(ReportJson.Serialize(report) + ReportText.Render(report.Describe(detailed: true)) + settings, Does.Not.Contain("hunter2").And.Contain("train.sh"));
    }

    [TestCase("Interval")]
    [TestCase("FlushTimeout")]
    [TestCase("StopTimeout")]
    [TestCase("MaxHeldCheckpoints")]
    [TestCase("Checkpoints")]
    [TestCase("Layout")]
    [TestCase("Destination")]
    [TestCase("Concurrency")]
    public async Task A_setting_that_makes_no_sense_is_told_before_training_begins(string setting)
    {
        _folder.Write("train.sh", "echo begun");
        var settings = new RunTrainingSettings { Script = "train.sh", Checkpoints = "checkpoints", Upload = _folder.Combine("store") };
        settings = setting switch
        {
            "Interval" => settings with { Interval = TimeSpan.Zero },
            "FlushTimeout" => settings with { FlushTimeout = TimeSpan.MaxValue },
            "StopTimeout" => settings with { StopTimeout = TimeSpan.FromSeconds(-1) },
            "MaxHeldCheckpoints" => settings with { MaxHeldCheckpoints = -1 },
            "Checkpoints" => settings with { Checkpoints = "s3://bucket" },
            "Layout" => settings with { Layout = "lightening" },
            "Destination" => settings with { Upload = _folder.Combine("checkpoints/store") },
            _ => settings with { Transfer = new() { Concurrency = 0 } },
        };

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(settings)))!;

        Assert.That((error.Error, error.Subject), Is.EqualTo((TrainctlError.InvalidSetting, setting)));
        Assert.That(_lines, Is.Empty);
    }

    [Test]
    public async Task A_file_that_the_system_cannot_run_is_an_error_and_no_exit_code()
    {
        var path = _folder.Write("train", "no program");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(new RunTrainingSettings { Script = "train" })))!;

        Assert.That(error.ExitCode, Is.EqualTo(ErrorCatalog.BadInput));
    }

    private Task<TrainingReport> RunAsync(RunTrainingSettings settings) => new TrainctlEngine(TestHost.For(_folder) with
    {
        Environment = Environment.GetEnvironmentVariable,
        ProgramOutput = _lines.Enqueue,
    }).RunTrainingAsync(settings);
}
