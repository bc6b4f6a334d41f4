using System.Globalization;
using System.Text.Json.Nodes;
using Trainctl.Diagnostics;
using Trainctl.Watching;
using static Trainctl.Tests.Watching.WatchScene;

namespace Trainctl.Tests.Watching;

/// <summary>Programs that are run for events. They are real ones: what is tested is what arrives in a process.</summary>
[Platform(Exclude = "Win", Reason = "The programs are scripts for a Unix shell.")]
public sealed class WatchCommandTests
{
    private readonly List<string> _output = [];
    private WatchScene _scene = null!;

    [SetUp]
    public void SetUp()
    {
        _scene = new WatchScene();
        _output.Clear();
    }

    [TearDown]
    public void TearDown() => _scene.Dispose();

    [Test]
    public async Task The_event_is_in_the_environment()
    {
        var events = await RunAsync("""
            echo "$TRAINCTL_EVENT|$TRAINCTL_KEY|$TRAINCTL_URL|$TRAINCTL_LOCATION|$TRAINCTL_SIZE|$TRAINCTL_MODIFIED_AT|$TRAINCTL_SEEN_AT|$TRAINCTL_ETAG|${TRAINCTL_STEP-none}"
            """, "digits/é $(touch evil) `touch evil`; \"touch evil\" '\n.pt");

        Assert.That(string.Join('\n', _output), Is.EqualTo(string.Create(
            CultureInfo.InvariantCulture,
            $"created|{events[0].Key}|{events[0].Url}|s3://lab/runs|7|2026-06-01T12:00:00Z|2026-06-01T12:00:10Z|{events[0].ETag}|none")));
        Assert.That(_scene.Folder.Files(), Is.EqualTo(new[] { "hook.sh" }), "a key was run as a command");
    }

    [Test]
    public async Task A_checkpoint_is_in_the_environment_too()
    {
        WriteHook("""echo "$TRAINCTL_KEY|$TRAINCTL_EVENT_LAYOUT|$TRAINCTL_RUN|$TRAINCTL_STEP" """);

        await _scene.WatchAsync(_scene.Settings with { CompleteOnly = true, Command = Hook }, () => _scene.PutCheckpointAsync("digits/checkpoint-100"));

        Assert.That(_output, Is.EqualTo(new[] { "digits/checkpoint-100|huggingface-trainer|digits|100" }));
    }

    [Test]
    public async Task The_event_is_one_line_of_JSON_on_the_standard_input()
    {
        var events = await RunAsync("cat", "a\nb");

        var json = JsonNode.Parse(_output.Single())!;
        Assert.That(_output.Single(), Is.EqualTo(WatchEventJson.Line(events[0] with { Command = null })));
        Assert.That(json["key"]!.GetValue<string>(), Is.EqualTo("a\nb"));
    }

    [Test]
    public async Task Arguments_arrive_as_they_are_and_nothing_is_put_into_them()
    {
        WriteHook("""for argument in "$@"; do echo "[$argument]"; done""");
        string[] arguments = ["two words", "$TRAINCTL_KEY", "*", "{key}", ""];

        await _scene.WatchAsync(_scene.Settings with { Command = Hook with { Arguments = arguments } }, () => _scene.PutAsync("a"));

        Assert.That(_output, Is.EqualTo(arguments.Select(static a => $"[{a}]")));
    }

    [Test]
    public async Task Commands_run_one_at_a_time_in_order_and_a_failure_stops_nothing()
    {
        WriteHook("""
            mkdir busy || echo "two at once"
            echo "$TRAINCTL_EVENT $TRAINCTL_KEY"
            echo "to the error output" >&2
            rmdir busy
            [ "$TRAINCTL_KEY" != b ] || exit 7
            """);

        var events = await _scene.WatchAsync(_scene.Settings with { Command = Hook }, PutThreeAsync, () => _scene.DeleteAsync("c"));

        Assert.Multiple(() =>
        {
            Assert.That(_output.Where(static l => l != "to the error output"), Is.EqualTo(new[] { "created a", "created b", "created c", "deleted c" }));
            Assert.That(_output.Count(static l => l == "to the error output"), Is.EqualTo(4));
            Assert.That(events.Select(static e => e.Command!.ExitCode), Is.EqualTo(new int?[] { 0, 7, 0, 0 }));
            Assert.That(events.Select(static e => e.Command!.Error is null), Is.EqualTo(new[] { true, false, true, true }));
            Assert.That(events[1].Command!.Error, Does.Contain("hook.sh").And.Contain("7"));
        });
    }

    [Test]
    public async Task A_program_that_does_not_read_its_input_is_fine()
    {
        var events = await RunAsync("exec <&-; exit 0", "a");

        Assert.That(events.Single().Command!.ExitCode, Is.Zero);
    }

    [TestCase("there-is-no-such-program")]
    [TestCase("./there-is-no-such-program")]
    public async Task A_program_that_is_not_there_is_reported_with_each_event(string program)
    {
        var events = await _scene.WatchAsync(_scene.Settings with { Command = new() { Program = program } }, PutThreeAsync);

        Assert.That(Summary(events), Is.EqualTo(new[] { "created a", "created b", "created c" }));
        Assert.That(events.Select(static e => e.Command!.ExitCode), Is.All.Null);
        Assert.That(events[0].Command!.Error, Does.Contain(program));
    }

    [Test]
    public async Task A_key_that_no_variable_can_hold_is_not_cut_short()
    {
        var events = await RunAsync("echo ran", "a\0b");

        Assert.That(events.Single().Command!.Error, Does.Contain("NUL"));
        Assert.That(_output, Is.Empty);
    }

    [Test]
    public async Task Without_a_delegate_the_output_goes_to_the_log()
    {
        WriteHook("echo hello");
        var log = new ListLog();
        await _scene.PutAsync("a");

        await _scene.Engine(log).WatchAsync(_scene.Settings with { Once = true, Since = DateTimeOffset.MinValue, Command = Hook with { OnOutput = null } }).ToListAsync();

        Assert.That(log.Infos, Is.EqualTo(new[] { "hello" }));
    }

    [Test]
    public async Task A_stop_ends_the_command_and_its_event_comes_again()
    {
        WriteHook("echo started; exec sleep 600");
        using var stop = new CancellationTokenSource();
        await _scene.LookAsync(_scene.Remembering);
        await _scene.PutAsync("a");

        var events = await _scene.Engine().WatchAsync(
            _scene.Remembering with { Command = Hook with { OnOutput = _ => stop.Cancel() } }, stop.Token).ToListAsync();

        Assert.That(events, Is.Empty);
        Assert.That(Summary(await _scene.LookAsync(_scene.Remembering)), Is.EqualTo(new[] { "created a" }));
    }

    [Test]
    public async Task A_command_without_a_program_is_an_error()
    {
        var failure = await Assert.ThrowsAsync<TrainctlException>(() => _scene.LookAsync(_scene.Settings with { Command = new() { Program = " " } }));

        Assert.That((failure.Error, failure.Subject), Is.EqualTo((TrainctlError.InvalidSetting, "Command")));
    }

    private WatchCommand Hook => new() { Program = "./hook.sh", OnOutput = _output.Add };

    private Task<List<WatchEvent>> RunAsync(string script, string key)
    {
        WriteHook(script);
        return _scene.WatchAsync(_scene.Settings with { Command = Hook }, () => _scene.PutAsync(key));
    }

    private void WriteHook(string script)
    {
        var path = _scene.Folder.Write("hook.sh", "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task PutThreeAsync()
    {
        foreach (var key in new[] { "a", "b", "c" })
            await _scene.PutAsync(key);
    }
}
