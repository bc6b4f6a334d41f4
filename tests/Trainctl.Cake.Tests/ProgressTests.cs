using Cake.Core.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Trainctl.Transfer;

namespace Trainctl.Cake.Tests;

public sealed class ProgressTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLog _log = new();

    [Test]
    public void Without_a_terminal_there_is_a_plain_line_every_five_seconds()
    {
        var progress = new CakeProgress(_log, null, _time);

        for (var second = 1; second <= 12; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            progress.Report(At(second));
        }

        Assert.That(_log.Lines, Is.EqualTo(new[]
        {
            "sync: 1 of 3 objects, 5.0 MiB of 24.0 MiB, 1.0 MiB/s, 19.0 s left",
            "sync: 1 of 3 objects, 10.0 MiB of 24.0 MiB, 1.0 MiB/s, 14.0 s left",
        }));
    }

    [Test]
    public void On_a_terminal_one_line_is_drawn_over_and_leaves_nothing_behind()
    {
        var terminal = new StringWriter();
        using (var line = new LiveLine(terminal, static () => 60))
        {
            var progress = new CakeProgress(_log, line, _time);
            _time.Advance(TimeSpan.FromSeconds(1));
            progress.Report(At(6) with { CurrentKey = "run/checkpoint-5/a-file-with-a-long-name\n.safetensors" });
            line.Interrupt(() => terminal.Write("a whole line\n"));
        }

        const string Clear = "\r\u001b[K";
        const string Drawn = "sync: 1 of 3 objects, 6.0 MiB of 24.0 MiB, 1.0 MiB/s, 18.0 ";
        Assert.That(terminal.ToString(), Is.EqualTo($"{Clear}{Drawn}{Clear}a whole line\n{Drawn}{Clear}"));
        Assert.That(_log.Lines, Is.Empty);
    }

    [Test]
    public void The_line_names_the_object_without_control_characters() =>
        Assert.That(Trainctl.Reporting.ProgressText.Line(At(6) with { CurrentKey = "a\u001b[31m\nb" }, withKey: true), Does.EndWith("left  a?[31m?b"));

    [TestCase("CI", "true")]
    [TestCase("TERM", "dumb")]
    public void There_is_no_live_line_where_it_cannot_be_read(string variable, string value) =>
        Assert.That(LiveLine.ForConsole(name => name == variable ? value : null), Is.Null);

    private static TransferProgress At(int seconds) => new()
    {
        Operation = "sync",
        ObjectsDone = 1,
        ObjectsKnown = 3,
        BytesDone = seconds * 1024L * 1024,
        BytesKnown = 24L * 1024 * 1024,
        Elapsed = TimeSpan.FromSeconds(seconds),
    };

    private sealed class RecordingLog : ICakeLog
    {
        public List<string> Lines { get; } = [];

        public Verbosity Verbosity { get; set; } = Verbosity.Normal;

        public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args) =>
            Lines.Add(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args));
    }
}
