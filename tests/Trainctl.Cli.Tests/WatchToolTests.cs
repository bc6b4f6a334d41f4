using System.Runtime.InteropServices;
using System.Text.Json;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary><c>trainctl s3 watch</c>, installed, on a real store.</summary>
public sealed class WatchToolTests
{
    private ToolRun _tool = null!;

    [SetUp]
    public async Task SetUp()
    {
        _tool = await ToolRun.CreateAsync();
        _tool.Folder.Write("a.txt", "a");
    }

    [TearDown]
    public void TearDown() => _tool.Dispose();

    [TestCase(PosixSignal.SIGINT)]
    [TestCase(PosixSignal.SIGHUP)]
    [Platform(Exclude = "Win", Reason = "There are no signals.")]
    public async Task It_tells_what_comes_until_Ctrl_C_or_a_hangup_and_ends_well(PosixSignal signal)
    {
        using var watch = _tool.Start("s3", "watch", "s3://bucket/x/", "--interval", "0.05", "--json", "--state", "watch.json");
        while (!File.Exists(_tool.Folder.Combine("watch.json")))
            await Task.Delay(20);

        await _tool.LineAsync("trainctl s3 upload a.txt s3://bucket/x/a.txt");
        var seen = JsonDocument.Parse(await watch.LineAsync(static _ => true)).RootElement;
        watch.Signal(signal);
        var (exitCode, rest, error) = await watch.EndAsync();

        Assert.Multiple(() =>
        {
            Assert.That((seen.GetProperty("kind").GetString(), seen.GetProperty("key").GetString(), seen.GetProperty("size").GetInt64()), Is.EqualTo(("created", "a.txt", 1L)));
            Assert.That((exitCode, rest, error), Is.EqualTo((0, "", "")));
        });
    }

    /// <summary>An event is told when somebody has taken it.</summary>
    [Test]
    [Platform(Exclude = "Win", Reason = "There are no such pipes.")]
    public async Task When_its_reader_has_gone_it_ends_and_what_was_not_read_is_told_the_next_time()
    {
        using var watch = _tool.Start("s3", "watch", "s3://bucket/x/", "--interval", "0.05", "--json", "--state", "watch.json");
        while (!File.Exists(_tool.Folder.Combine("watch.json")))
            await Task.Delay(20);
        await _tool.LineAsync("trainctl s3 upload a.txt s3://bucket/x/a.txt");
        await watch.LineAsync(static line => line.Contains("a.txt", StringComparison.Ordinal));
        watch.StopReading();

        await _tool.LineAsync("trainctl s3 upload a.txt s3://bucket/x/b.txt");
        var (exitCode, error) = await watch.EndUnreadAsync();
        var next = await _tool.LineAsync("trainctl s3 watch s3://bucket/x/ --once --state watch.json");

        Assert.Multiple(() =>
        {
            Assert.That((exitCode, error), Is.EqualTo((141, "")));
            Assert.That(next.StandardOutput, Does.Contain("b.txt"));
        });
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "There are no such pipes.")]
    public async Task Help_and_listings_end_quietly_when_their_reader_has_gone()
    {
        for (var i = 0; i < 3; i++)
            await _tool.LineAsync($"trainctl s3 upload a.txt s3://bucket/x/{i}.txt");
        using var help = _tool.Start("--help");
        help.StopReading();
        using var list = _tool.Start("s3", "list", "s3://bucket/x/");
        list.StopReading();

        Assert.That((await help.EndUnreadAsync(), await list.EndUnreadAsync()), Is.EqualTo(((141, ""), (141, ""))));
    }

    [Test]
    public async Task What_happened_meanwhile_is_told_once_and_a_command_is_run_for_it()
    {
        await _tool.LineAsync("trainctl s3 watch s3://bucket/x/ --once --state watch.json");
        await _tool.LineAsync("trainctl s3 upload a.txt s3://bucket/x/a.txt");
        var script = OperatingSystem.IsWindows() ? "echo.cmd" : "./tell.sh";
        var path = _tool.Folder.Write(script, OperatingSystem.IsWindows() ? "@echo ran %TRAINCTL_EVENT% %TRAINCTL_KEY%" : "#!/bin/sh\necho \"ran $TRAINCTL_EVENT $TRAINCTL_KEY\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var first = await _tool.LineAsync($"trainctl s3 watch s3://bucket/x/ --once --state watch.json --exec {script}");
        var second = await _tool.LineAsync($"trainctl s3 watch s3://bucket/x/ --once --state watch.json --exec {script}");

        Assert.Multiple(() =>
        {
            Assert.That(first.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1).And.Some.Contains("created").And.Some.Contains("a.txt"));
            Assert.That(first.StandardError, Is.EqualTo("ran created a.txt\n"));
            Assert.That((first.ExitCode, second.ExitCode, second.StandardOutput), Is.EqualTo((0, 0, "")));
        });
    }

    /// <summary>SIGHUP: the connection to another machine is lost.</summary>
    [TestCase(PosixSignal.SIGINT)]
    [TestCase(PosixSignal.SIGTERM)]
    [TestCase(PosixSignal.SIGHUP)]
    [Platform(Exclude = "Win", Reason = "There are no signals.")]
    public async Task A_signal_ends_an_upload_with_130_and_leaves_nothing_half(PosixSignal signal)
    {
        File.WriteAllBytes(_tool.Folder.Combine("large.bin"), new byte[64 * 1024 * 1024]);
        using var upload = _tool.Start("s3", "upload", "large.bin", "s3://bucket/x/large.bin", "--part-size", "5MiB", "--part-concurrency", "1", "--no-use-s5cmd");
        while (await _tool.UnfinishedUploadsAsync("x/large.bin") == 0)
            await Task.Delay(10);

        upload.Signal(signal);
        var (exitCode, _, error) = await upload.EndAsync();
        var listed = await _tool.LineAsync("trainctl s3 list s3://bucket/x/ --recursive");

        Assert.That((exitCode, error), Is.EqualTo((130, "Cancelled.\n")));
        Assert.That((listed.StandardOutput, await _tool.UnfinishedUploadsAsync("x/large.bin")), Is.EqualTo(("", 0)));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "There are no signals.")]
    public async Task Under_nohup_an_upload_goes_on_when_the_terminal_goes_away()
    {
        File.WriteAllBytes(_tool.Folder.Combine("large.bin"), new byte[64 * 1024 * 1024]);
        _tool.Folder.Write("hangup.sh", """
            nohup "$@" &
            tool=$!
            sleep 1
            for i in 1 2 3 4 5; do kill -HUP $tool; sleep 0.1; done
            wait $tool
            """);

        var run = await _tool.LineUnderAsync(
            ["sh", _tool.Folder.Combine("hangup.sh")], "trainctl s3 upload large.bin s3://bucket/x/large.bin --part-size 5MiB --bandwidth 16MiB --no-use-s5cmd");

        Assert.That(run.ExitCode, Is.Zero, run.StandardError);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "There are no signals.")]
    public async Task An_upload_that_Ctrl_C_stopped_is_gone_on_with_by_the_next_run()
    {
        _tool.StateDirectory = "state";
        File.WriteAllBytes(_tool.Folder.Combine("large.bin"), new byte[200 * 1024 * 1024]);
        using var upload = _tool.Start("s3", "upload", "large.bin", "s3://bucket/x/large.bin", "--part-size", "5MiB", "--part-concurrency", "1", "--no-use-s5cmd");
        while (await _tool.UploadedPartsAsync("x/large.bin") < 2)
            await Task.Delay(10);

        upload.Signal(PosixSignal.SIGINT);
        var (exitCode, _, error) = await upload.EndAsync();
        var kept = await _tool.UnfinishedUploadsAsync("x/large.bin");
        var next = await _tool.LineAsync("trainctl s3 upload large.bin s3://bucket/x/large.bin --part-size 5MiB --no-use-s5cmd --verbose");

        await Assert.MultipleAsync(async () =>
        {
            Assert.That((exitCode, kept), Is.EqualTo((130, 1)), error);
            Assert.That(error, Does.Contain("stay at the store, and the next run goes on with them").And.EndsWith("Cancelled.\n"));
            Assert.That(next.ExitCode, Is.Zero, next.StandardError);
            Assert.That(next.StandardError, Does.Contain("goes on with what an earlier run has sent"));
            Assert.That(await _tool.UnfinishedUploadsAsync("x/large.bin"), Is.Zero);
            Assert.That(_tool.Folder.Files("state"), Is.Empty);
        });
    }
}
