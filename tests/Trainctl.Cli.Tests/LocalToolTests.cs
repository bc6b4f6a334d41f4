using System.Runtime.InteropServices;
using System.Text.Json;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary><c>trainctl local</c>, installed, with real trainings and a real store.</summary>
public sealed class LocalToolTests
{
    private static readonly string Trainer = Path.Join(AppContext.BaseDirectory, "Trainctl.Trainer.dll");

    private ToolRun _tool = null!;

    [SetUp]
    public async Task SetUp() => _tool = await ToolRun.CreateAsync();

    [TearDown]
    public void TearDown() => _tool.Dispose();

    [Test]
    public async Task Arguments_output_and_exit_code_pass_through()
    {
        _tool.Folder.Write("training/train.py", "import sys\nprint('epochs', sys.argv[1:])\nsys.stderr.write('to error\\n')\nsys.exit(7)\n");

        var run = await _tool.LineAsync("trainctl local training/train.py -- --epochs 50");

        Assert.That((run.ExitCode, run.StandardOutput, run.StandardError), Is.EqualTo((7, "epochs ['--epochs', '50']\n", "to error\n")));
    }

    [Test]
    public async Task A_dry_run_says_what_would_run_and_runs_nothing()
    {
        _tool.Folder.Write("training/train.cs", "throw new Exception();");

        var run = await _tool.LineAsync("trainctl local training/train.cs --dry-run -- --key hunter2");

        Assert.That((run.ExitCode, run.StandardOutput), Is.EqualTo((0, "")));
        Assert.That(run.StandardError, Does.Contain("Would run training/train.cs by dotnet.").And.Not.Contain("hunter2"));
    }

    [TestCase("trainctl local training/trian.py", "TRAINCTL1006", "train.py", 3)]
    [TestCase("trainctl local training/train.py --upload s3://bucket/", "TRAINCTL2002", "The option is --checkpoints.", 2)]
    public async Task A_mistake_is_told_before_anything_runs(string line, string code, string message, int exitCode)
    {
        _tool.Folder.Write("training/train.py", "print('ran')\n");

        var run = await _tool.LineAsync(line);

        Assert.Multiple(() =>
        {
            Assert.That((run.ExitCode, run.StandardOutput), Is.EqualTo((exitCode, "")), run.StandardError);
            Assert.That(run.StandardError, Does.StartWith(code).And.Contain(message));
        });
    }

    [Test]
    public async Task Checkpoints_are_published_while_training_runs_and_its_exit_code_is_ours()
    {
        var run = await _tool.LineAsync($"trainctl local {Trainer} --checkpoints checkpoints --upload s3://bucket/run/ --interval 50ms -- --out checkpoints/a --count 3 --exit 9");
        var listed = await _tool.LineAsync("trainctl checkpoint verify s3://bucket/run/ --json");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(9), run.StandardError);
            Assert.That(run.StandardOutput, Is.EqualTo("begun\nsaved 1\nsaved 2\nsaved 3\nended\n"), "standard output is the script's");
            Assert.That(run.StandardError, Does.Contain("published"));
            Assert.That(Results(listed.StandardOutput), Is.EqualTo(new[] { "Proven", "Proven", "Proven" }), listed.StandardError);
        });
    }

    [TestCase(PosixSignal.SIGTERM)]
    [TestCase(PosixSignal.SIGINT)]
    [TestCase(PosixSignal.SIGHUP)]
    [Platform(Exclude = "Win", Reason = "There are no signals.")]
    public async Task A_signal_reaches_training_and_what_it_saved_is_published(PosixSignal signal)
    {
        using var tool = _tool.Start(
            "local", Trainer, "--checkpoints", "checkpoints", "--upload", "s3://bucket/run/", "--interval", "50ms", "--",
            "--out", "checkpoints/a", "--count", "2", "--wait", "yes", "--on-term", "4");
        await tool.LineAsync(static line => line == "saved 2");

        tool.Signal(signal);
        var (exitCode, _, error) = await tool.EndAsync();
        var listed = await _tool.LineAsync("trainctl checkpoint verify s3://bucket/run/ --json");

        Assert.That(exitCode, Is.EqualTo(signal == PosixSignal.SIGINT ? 128 + 2 : 4), error);
        Assert.That(Results(listed.StandardOutput), Has.Length.EqualTo(signal == PosixSignal.SIGINT ? 2 : 3).And.All.EqualTo("Proven"), listed.StandardError);
    }

    /// <summary>As when the connection to another machine is lost. Training, which has the same terminal, dies of that or of our signal.</summary>
    [Test]
    [Platform(Exclude = "Win", Reason = "There are no such terminals.")]
    public async Task A_terminal_that_goes_away_does_not_keep_checkpoints_from_being_published()
    {
        var terminal = _tool.Folder.Write("terminal.py", """
            import os, pty, sys
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            printed = b''
            while b'saved 2' not in printed:
                printed += os.read(terminal, 1000)
            os.close(terminal)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """);

        var run = await _tool.LineUnderAsync(
            ["python3", terminal],
            $"trainctl local {Trainer} --checkpoints checkpoints --upload s3://bucket/run/ --interval 50ms --verbose -- --out checkpoints/a --count 2 --wait yes");
        var listed = await _tool.LineAsync("trainctl checkpoint verify s3://bucket/run/ --json");

        Assert.That(run.ExitCode, Is.EqualTo(128 + 1).Or.EqualTo(128 + 15), run.StandardError);
        Assert.That(Results(listed.StandardOutput), Is.EqualTo(new[] { "Proven", "Proven" }), listed.StandardError);
    }

    private static string?[] Results(string json) =>
        [.. JsonDocument.Parse(json).RootElement.GetProperty("units").EnumerateArray().Select(static u => u.GetProperty("result").GetString())];
}
