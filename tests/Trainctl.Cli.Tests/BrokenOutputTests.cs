using System.Text;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Trainctl.Cli.Output;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>Standard output that cannot be written, and a working folder that is gone: a message and an exit code, and no stack trace.</summary>
public sealed class BrokenOutputTests
{
    private const string Full = "TRAINCTL1007: Standard output cannot be written: No space left on device.";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        for (var step = 1; step <= 3; step++)
            HuggingFaceRun.Write(_folder, "checkpoints", step);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("--version", 3)]
    [TestCase("--help", 3)]
    [TestCase("s3 list checkpoints", 3)]
    [TestCase("s3 list checkpoints --json", 3)]
    [TestCase("s3 watch checkpoints --since 2023-01-01 --once", 3)]
    [TestCase("checkpoint cleanup checkpoints --keep-last-n 1", 3)]
    [TestCase("checkpoint cleanup checkpoints --keep-last-n 1 --json", 3)]
    [TestCase("s3 review checkpoints --fail-over 1", 6)]
    [TestCase("s3 list checkpoints --keep", 2)]
    [TestCase("s3 list nowhere --json", 3, "TRAINCTL1001")]
    [TestCase("local sh --json -- -c exit\t7", 7)]
    [TestCase("local sh --json -- -c true", 3)]
    [Platform("Linux", Reason = "There is no such device elsewhere.")]
    public async Task A_full_disk_is_told_on_standard_error(string line, int exitCode, string? alsoTold = null)
    {
        var run = await ShellAsync("exec \"$@\" >/dev/full", [.. line.Split(' ').Select(static word => word.Replace('\t', ' '))]);

        Assert.That((run.ExitCode, run.StandardError), Is.EqualTo((exitCode, run.StandardError)));
        Assert.That(run.StandardError, exitCode == 2 ? Does.StartWith("TRAINCTL2002") : Does.Contain(Full).And.Contain(alsoTold ?? Full));
        Assert.That(run.StandardError, Does.Not.Contain("   at ").And.Not.Contain("Something went wrong"));
    }

    [Test]
    [Platform("Linux", Reason = "There is no such device elsewhere.")]
    public async Task The_work_is_done_all_the_same()
    {
        var run = await ShellAsync("exec \"$@\" >/dev/full", "checkpoint", "cleanup", "checkpoints", "--keep-last-n", "1", "--summary", "summary.md");

        Assert.That(run.StandardError, Does.EndWith($"{Full} The operation has ended, and only what it has to say is lost.\n"));
        Assert.That(Directory.GetDirectories(_folder.Combine("checkpoints")), Has.Length.EqualTo(1));
        Assert.That(File.Exists(_folder.Combine("summary.md")));
    }

    [TestCase("--version")]
    [TestCase("s3", "sync", "checkpoints", "copies")]
    [Platform(Exclude = "Win", Reason = "There are no such numbers.")]
    public async Task No_standard_output_at_all_is_told_too_and_nothing_is_written_into_files_instead(params string[] line)
    {
        var run = await ShellAsync("exec \"$@\" >&-", line);

        Assert.That((run.ExitCode, run.StandardError), Is.EqualTo((3, run.StandardError)));
        Assert.That(run.StandardError, Does.StartWith("TRAINCTL1007: Standard output cannot be written: ").And.Not.Contain("   at "));
        if (Directory.Exists(_folder.Combine("copies")))
        {
            foreach (var file in _folder.Files("checkpoints"))
                Assert.That(File.ReadAllBytes(_folder.Combine($"copies/{file}")), Is.EqualTo(File.ReadAllBytes(_folder.Combine($"checkpoints/{file}"))), file);
        }
    }

    /// <summary>The script has ended as it did, whether or not anybody reads the report behind its output.</summary>
    [TestCase("exit 7", 7)]
    [TestCase("true", 141)]
    [Platform(Exclude = "Win")]
    public async Task A_script_keeps_its_exit_code_when_nobody_reads_the_report(string script, int exitCode)
    {
        using var error = new StringWriter();
        using var output = new GoneWriter();
        var host = new CliHost { WorkingDirectory = _folder.Path, Environment = Environment.GetEnvironmentVariable, Out = output, Error = error };

        Assert.That(await CommandLine.RunAsync(["local", "sh", "--json", "--", "-c", script], host), Is.EqualTo(exitCode), error.ToString());
    }

    [TestCase("--help", 0)]
    [TestCase("--version", 0)]
    [TestCase("completion bash", 0)]
    [TestCase("s3 list /", 3)]
    [TestCase("s3 list / --no-config --json", 3)]
    [Platform(Exclude = "Win", Reason = "A folder that is somebody's working folder cannot be deleted.")]
    public async Task A_working_folder_that_is_gone_is_told(string line, int exitCode)
    {
        var run = await ShellAsync("mkdir gone && cd gone && rmdir ../gone && exec \"$@\"", line.Split(' '));

        Assert.That((run.ExitCode, run.StandardError), Is.EqualTo((exitCode, run.StandardError)));
        if (exitCode == 0)
            Assert.That((run.StandardOutput, run.StandardError), Is.EqualTo((run.StandardOutput, "")));
        else
            Assert.That(run.StandardError, Does.StartWith("TRAINCTL1001: The working folder is not there any more").And.Not.Contain("   at "));
        if (line.EndsWith("--json", StringComparison.Ordinal))
            Assert.That(JsonDocument.Parse(run.StandardOutput).RootElement.GetProperty("error").GetProperty("code").GetString(), Is.EqualTo("TRAINCTL1001"));
    }

    private async Task<BufferedCommandResult> ShellAsync(string command, params string[] arguments) => await CliWrap.Cli.Wrap("/bin/sh")
        .WithArguments(["-c", command, "sh", InstalledTool.Command, .. arguments]).WithWorkingDirectory(_folder.Path).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();

    /// <summary>A pipe that nobody reads.</summary>
    private sealed class GoneWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new OutputClosedException();

        public override void Write(string? value) => throw new OutputClosedException();
    }
}
