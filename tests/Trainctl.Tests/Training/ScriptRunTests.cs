using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Testing;
using Trainctl.Tests.Watching;
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
    [Platform(Exclude = "Win", Reason = "There is no shell.")]
    public async Task A_training_has_ended_although_something_in_the_background_still_holds_its_output()
    {
        _folder.Write("train.sh", "sleep 120 & echo $!; seq 5000; exit 9");
        var log = new ListLog();

        var report = await RunAsync(new RunTrainingSettings { Script = "train.sh" }, log).WaitAsync(TimeSpan.FromMinutes(1));

        using var left = Process.GetProcessById(int.Parse(_lines.First(), CultureInfo.InvariantCulture));
        left.Kill();
        Assert.That((report.ExitCode, report.End), Is.EqualTo((9, TrainingEnd.Exited)));
        Assert.That(_lines, Has.Count.EqualTo(5001));
        Assert.That(log.Infos, Has.Exactly(1).Contains("still holds its output"));
    }

    [TestCase("train.py")]
    [TestCase("train.sh")]
    [Platform(Exclude = "Win", Reason = "There is no such signal.")]
    public async Task What_Python_has_printed_is_there_although_it_was_killed(string script)
    {
        _folder.Write("train.py", "import os\nprint('epoch 1')\nos.kill(os.getpid(), 9)\n");
        _folder.Write("train.sh", "exec python3 train.py");

        var report = await RunAsync(new RunTrainingSettings { Script = script });

        Assert.That(report.ExitCode, Is.EqualTo(128 + 9));
        Assert.That(_lines, Is.EqualTo(new[] { "epoch 1" }));
    }

    [Test]
    public async Task A_dry_run_finds_the_script_and_runs_and_publishes_nothing()
    {
        _folder.Write("train.cs", "return 9;");
        _folder.Write("checkpoints/a", "a");
        var before = _folder.Files();
        var settings = new RunTrainingSettings { Script = "train.cs", Arguments = ["hunter2"], Checkpoints = "checkpoints", Upload = "store", DryRun = true };

        var report = await RunAsync(settings);

        var text = ReportText.Render(report.Describe(detailed: true));
        Assert.Multiple(() =>
        {
            Assert.That((report.DryRun, report.ExitCode, report.Units.Count), Is.EqualTo((true, 0, 0)));
            Assert.That(text, Does.Contain("(dry run: nothing was changed)").And.Contain("Would run train.cs by dotnet, and publish its checkpoints to ").And.Not.Contain("hunter2").And.Not.Contain("ended"));
            Assert.That(_folder.Files(), Is.EqualTo(before));
            Assert.That(_lines, Is.Empty);
        });
        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(settings with { Script = "trian.cs" })))!;
        Assert.That(failure.Message, Does.Contain("trian.cs"));
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

    private Task<TrainingReport> RunAsync(RunTrainingSettings settings, ITrainctlLog? log = null) => new TrainctlEngine(TestHost.For(_folder) with
    {
        Environment = Environment.GetEnvironmentVariable,
        ProgramOutput = _lines.Enqueue,
        Log = log ?? SilentLog.Instance,
    }).RunTrainingAsync(settings);
}
