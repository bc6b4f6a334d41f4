using System.Security.Cryptography;
using CliWrap.Buffered;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>The installed tool in a process that may not write, or may not open more files: exit code, message, and what lies there afterwards.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
[Platform("Linux", Reason = "Processes are limited by setpriv and prlimit of util-linux.")]
public sealed class HardLimitsTests
{
    private const int Files = 60;
    private const string Download = "trainctl s3 download s3://bucket/data/ to/ --recursive --concurrency 32 --no-config";

    /// <summary>Root may do everything; without these two it is a user like others.</summary>
    private static readonly string[] AsUser = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"];

    private readonly Dictionary<string, byte[]> _contents = [];
    private ToolRun _tool = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _tool = await ToolRun.CreateAsync();
        _contents.Clear();
        for (var i = 0; i < Files; i++)
        {
            _contents[$"f{i}"] = RandomNumberGenerator.GetBytes(50_000);
            var path = _tool.Folder.Write($"from/f{i}", "");
            await File.WriteAllBytesAsync(path, _contents[$"f{i}"]);
        }

        var sent = await _tool.LineAsync("trainctl s3 sync from s3://bucket/data/");
        Assert.That(sent.ExitCode, Is.Zero, sent.StandardError);
    }

    [TearDown]
    public void TearDown() => _tool.Dispose();

    [TestCase(Download)]
    [TestCase("trainctl s3 sync s3://bucket/data/ to/")]
    [TestCase("trainctl stage s3://bucket/data/ to/")]
    public async Task A_folder_that_may_not_be_written_stays_as_it_is(string line)
    {
        var to = Directory.CreateDirectory(_tool.Folder.Combine("to"));
        to.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute;

        var denied = await RunAsUserAsync(line);
        var left = _tool.Folder.Files("to");
        to.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite;
        var again = await RunAsUserAsync(line);

        Assert.Multiple(() =>
        {
            Assert.That(denied.ExitCode, Is.EqualTo(1), denied.StandardError);
            Assert.That(denied.StandardOutput + denied.StandardError, Does.Contain("TRAINCTL1002").And.Contain("permission denied"));
            Assert.That(left, Is.Empty);
            Assert.That(again.ExitCode, Is.Zero, again.StandardError);
        });
        AssertWhole(Files);
    }

    [Test]
    public async Task A_file_that_may_not_be_read_fails_alone()
    {
        File.SetUnixFileMode(_tool.Folder.Combine("from/f7"), UnixFileMode.None);

        var denied = await RunAsUserAsync("trainctl s3 upload from/ s3://bucket/other/ --recursive");

        Assert.Multiple(() =>
        {
            Assert.That(denied.ExitCode, Is.EqualTo(1), denied.StandardError);
            Assert.That(denied.StandardOutput + denied.StandardError, Does.Contain("TRAINCTL1002").And.Contain("f7'"));
        });
        File.SetUnixFileMode(_tool.Folder.Combine("from/f7"), UnixFileMode.UserRead);
        Assert.That((await RunAsUserAsync("trainctl s3 upload from/ s3://bucket/other/ --recursive")).ExitCode, Is.Zero);
    }

    [TestCase("trainctl checkpoint verify local", 3)]
    [TestCase("trainctl checkpoint upload local s3://bucket/published --quiet", 1)]
    [TestCase("trainctl s3 sync local s3://bucket/copied --quiet", 1)]
    [TestCase("trainctl s3 review local --fail-over 1GB --fail-on-incomplete", 6)]
    [TestCase("trainctl s3 list local", 1)]
    public async Task A_folder_that_may_not_be_read_is_never_left_out_in_silence(string line, int exitCode)
    {
        for (var step = 1; step <= 2; step++)
            HuggingFaceRun.Write(_tool.Folder, "local/run", step);
        var hidden = new DirectoryInfo(_tool.Folder.Combine("local/run/checkpoint-2")) { UnixFileMode = UnixFileMode.None };

        var run = await RunAsUserAsync(line);

        hidden.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite;
        Assert.That(run.ExitCode, Is.EqualTo(exitCode), run.StandardError);
        Assert.That(run.StandardError, Does.Contain("The folder 'run/checkpoint-2' could not be read"));
        Assert.That((await RunAsUserAsync(line)).ExitCode, Is.Zero);
    }

    [TestCase("trainctl s3 upload hidden/deep/f s3://bucket/other/", "hidden/deep/f")]
    [TestCase("trainctl s3 list hidden/deep", "hidden/deep")]
    [TestCase("trainctl s3 sync s3://bucket/data/ hidden/deep --delete", "hidden/deep")]
    public async Task What_may_not_be_looked_at_is_not_called_absent(string line, string named)
    {
        _tool.Folder.Write("hidden/deep/f", "kept");
        var hidden = new DirectoryInfo(_tool.Folder.Combine("hidden")) { UnixFileMode = UnixFileMode.UserRead };

        var run = await RunAsUserAsync(line);

        hidden.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite;
        Assert.That(run.ExitCode, Is.AnyOf(1, 3), run.StandardError);
        Assert.That(run.StandardError, Does.Match($"{named}' failed: permission denied"));
        Assert.That(_tool.Folder.Files("hidden"), Is.EqualTo(new[] { "deep/f" }));
    }

    [TestCase("checkpoint-1/model.safetensors")]
    [TestCase("checkpoint-2/model.safetensors")]
    [TestCase("checkpoint-2/.trainctl-manifest.json")]
    public async Task A_checkpoint_that_may_not_be_read_is_called_neither_proven_nor_damaged(string denied)
    {
        for (var step = 1; step <= 2; step++)
            HuggingFaceRun.Write(_tool.Folder, "local/run", step);
        var published = await _tool.LineAsync("trainctl checkpoint upload local published");
        Assert.That(published.ExitCode, Is.Zero, published.StandardError);
        File.SetUnixFileMode(_tool.Folder.Combine($"published/run/{denied}"), UnixFileMode.None);

        var verified = await RunAsUserAsync("trainctl checkpoint verify published");

        Assert.That(verified.ExitCode, Is.EqualTo(3), verified.StandardOutput + verified.StandardError);
        Assert.That(verified.StandardOutput, Does.Contain("1 checkpoint proven, 0 whole, 1 not").And.Match($@"run/{denied.Split('/')[0]}\b.*\bunread\b"));
    }

    /// <param name="trap">What the shell does with the signal of that limit first: nothing, as a login does, or ignoring it.</param>
    [TestCase("")]
    [TestCase("trap '' XFSZ; ")]
    public async Task A_file_that_may_not_become_so_large_fails_with_its_name(string trap)
    {
        const int Kibibytes = 40;
        const string Limited = "ulimit -f $1; shift; export DOTNET_EnableWriteXorExecute=0; exec \"$@\"";
        _tool.Folder.Write("from/f7", "small");
        await _tool.LineAsync("trainctl s3 sync from s3://bucket/data/");

        var run = await _tool.LineUnderAsync(["bash", "-c", trap + Limited, "bash", $"{Kibibytes}"], Download);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(1), run.StandardError);
            Assert.That(run.StandardOutput, Does.Contain("TRAINCTL1007"));
            Assert.That(run.StandardError, Does.Contain($"{Files - 1} objects failed").And.Contain("f0' failed: its file system, or the limit of this process ('ulimit -f'), allows no file so large"));
            Assert.That(_tool.Folder.Files("to"), Is.EqualTo(new[] { "f7" }));
        });
    }

    /// <summary>From the fewest files with which the runtime starts upward. A runtime that cannot open its own libraries ends where it is, as if killed.</summary>
    [Test]
    public async Task With_too_few_open_files_no_file_is_half_and_a_rerun_completes()
    {
        const int Killed = 134;
        const int Range = 200;
        const int Step = 6;
        const int Enough = 3;
        var fewest = await FewestFilesAsync();
        var codes = new List<int>();
        for (var limit = fewest; limit < fewest + Range && !codes.TakeLast(Enough).SequenceEqual(new int[Enough]); limit += Step)
        {
            var limited = await _tool.LineUnderAsync(["prlimit", $"--nofile={limit}"], Download);
            var there = Directory.Exists(_tool.Folder.Combine("to")) ? _tool.Folder.Files("to") : [];
            codes.Add(limited.ExitCode);
            AssertWhole(there.Count(static f => !f.EndsWith(".tmp", StringComparison.Ordinal)));
            if (limited.ExitCode != Killed)
            {
                Assert.That(limited.ExitCode, Is.AnyOf(0, 1, 3), limited.StandardError);
                Assert.That(there.Where(static f => f.EndsWith(".tmp", StringComparison.Ordinal)), Is.Empty);
            }

            // A runtime that cannot load the libraries of an error's kind knows no better.
            if (limited.ExitCode is 1 or 3)
                Assert.That(limited.StandardOutput + limited.StandardError, Does.Match(@"TRAINCTL\d{4}|Something went wrong"));
            if (Directory.Exists(_tool.Folder.Combine("to")))
                Directory.Delete(_tool.Folder.Combine("to"), recursive: true);
        }

        await TestContext.Out.WriteLineAsync($"From {fewest} open files on, the exit codes were {string.Join(", ", codes)}.");
        Assert.That(codes.Distinct().Count(), Is.GreaterThan(1), "It was tried with too few and with enough.");
        var again = await _tool.LineAsync(Download);
        Assert.That(again.ExitCode, Is.Zero, again.StandardError);
        AssertWhole(Files);
    }

    private async Task<BufferedCommandResult> RunAsUserAsync(string line) => Environment.IsPrivilegedProcess
        ? await _tool.LineUnderAsync(AsUser, line)
        : await _tool.LineAsync(line);

    private async Task<int> FewestFilesAsync()
    {
        var (low, high) = (10, 400);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            var run = await _tool.LineUnderAsync(["prlimit", $"--nofile={middle}"], "trainctl --version");
            (low, high) = run.ExitCode == 0 ? (low, middle) : (middle, high);
        }

        return high;
    }

    private void AssertWhole(int count) => Assert.Multiple(() =>
    {
        var there = Directory.Exists(_tool.Folder.Combine("to")) ? _tool.Folder.Files("to").Where(static f => !f.EndsWith(".tmp", StringComparison.Ordinal)).ToArray() : [];
        Assert.That(there, Has.Length.EqualTo(count));
        foreach (var name in there)
            Assert.That(File.ReadAllBytes(_tool.Folder.Combine("to/" + name)), Is.EqualTo(_contents[name]), name);
    });
}
