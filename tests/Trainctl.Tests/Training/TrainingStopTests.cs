using System.Globalization;
using Trainctl.Testing;
using Trainctl.Testing.Training;
using Trainctl.Training;
using Trainctl.Training.Publishing;

namespace Trainctl.Tests.Training;

/// <summary>Requests to stop, in the engine's own process.</summary>
public sealed class TrainingStopTests : TrainingFixture
{
    [Test]
    public async Task SIGTERM_reaches_training_and_what_it_saves_then_is_published()
    {
        var stop = new TrainingStop();
        _run.OnLine = line =>
        {
            if (line == "saved 2")
                stop.Request(StopSignal.Terminate);
        };

        var report = await _run.RunAsync(_run.Settings("--count", "2", "--wait", "yes", "--on-term", "3"), _store, stop);

        Assert.That((report.ExitCode, report.End), Is.EqualTo((3, TrainingEnd.Stopped)));
        Assert.That(await PublishedTraining.StepsAsync(_store), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    /// <summary>There is no terminal here that would have sent it.</summary>
    [Test]
    public async Task SIGINT_without_a_terminal_is_passed_on_and_ends_training_with_its_number()
    {
        var stop = new TrainingStop();
        _run.OnLine = line =>
        {
            if (line == "saved 1")
                stop.Request(StopSignal.Interrupt);
        };

        var report = await _run.RunAsync(_run.Settings("--wait", "yes"), _store, stop);

        Assert.That(report.ExitCode, Is.EqualTo(128 + 2));
    }

    [Test]
    public async Task A_training_that_does_not_stop_is_killed_and_its_checkpoints_are_published_all_the_same()
    {
        var stop = new TrainingStop();
        _run.OnLine = line =>
        {
            if (line == "saved 1")
                stop.Request(StopSignal.Terminate);
        };

        var settings = _run.Settings("--wait", "yes", "--on-term", "-1") with { StopTimeout = TimeSpan.FromMilliseconds(200) };
        var report = await _run.RunAsync(settings, _store, stop);

        Assert.That((report.ExitCode, report.End), Is.EqualTo((128 + 9, TrainingEnd.Killed)));
        Assert.That(await PublishedTraining.StepsAsync(_store), Is.EqualTo(new[] { 1 }));
    }

    /// <summary>A shell ends of SIGTERM at once, and tells nobody.</summary>
    [TestCase("dotnet {0}")]
    [TestCase("(set -e; sleep 60 & dotnet {0} 2>&1; echo more) | tee lines | cat")]
    [TestCase("trap 'kill -TERM $pid; wait $pid; exit 9' TERM; dotnet {0} & pid=$!; wait $pid")]
    [TestCase("trap 'exit 9' TERM; dotnet {0} & wait")]
    [Platform("Linux")]
    public async Task SIGTERM_reaches_what_a_shell_script_runs_and_what_that_saves_is_published(string line)
    {
        var trainer = $"{_run.Settings().Script} --out checkpoints/run --count 2 --wait yes --on-term 3";
        _run.Folder.Write("train.sh", string.Format(CultureInfo.InvariantCulture, line, trainer) + "\nexit $?\n");
        var stop = new TrainingStop();
        _run.OnLine = printed =>
        {
            if (printed == "saved 2")
                stop.Request(StopSignal.Terminate);
        };

        var report = await _run.RunAsync(_run.Settings() with { Script = "train.sh", Arguments = [] }, _store, stop).WaitAsync(TimeSpan.FromSeconds(50));

        Assert.That((report.ExitCode, report.End), Is.EqualTo((line.Contains("trap", StringComparison.Ordinal) ? 9 : 128 + 15, TrainingEnd.Stopped)));
        Assert.That(_run.Lines, Has.Member("ended"));
        Assert.That(await PublishedTraining.StepsAsync(_store), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    /// <summary>Workers that got the signal too would die under a training that saves because of it.</summary>
    [Test]
    [Platform("Linux")]
    public async Task SIGTERM_is_not_for_what_another_program_than_a_shell_starts()
    {
        _run.Folder.Write("train.sh", "python3 train.py\nexit $?\n");
        _run.Folder.Write("train.py", """
            import signal, subprocess
            worker = subprocess.Popen(['sleep', '60'])
            def save(number, frame):
                print('saved', worker.poll())
                worker.kill()
                raise SystemExit(0)
            signal.signal(signal.SIGTERM, save)
            print('begun')
            signal.pause()
            """);
        var stop = new TrainingStop();
        _run.OnLine = printed =>
        {
            if (printed == "begun")
                stop.Request(StopSignal.Terminate);
        };

        await _run.RunAsync(_run.Settings() with { Script = "train.sh", Arguments = [] }, _store, stop).WaitAsync(TimeSpan.FromSeconds(50));

        Assert.That(_run.Lines, Is.EqualTo(new[] { "begun", "saved None" }));
    }

    [Test]
    [Platform("Linux")]
    public async Task What_a_shell_script_runs_is_killed_too_when_it_does_not_stop()
    {
        _run.Folder.Write("train.sh", $"dotnet {_run.Settings().Script} --out checkpoints/run --wait yes --on-term -1\nexit $?\n");
        var stop = new TrainingStop();
        _run.OnLine = printed =>
        {
            if (printed == "saved 1")
                stop.Request(StopSignal.Terminate);
        };

        var settings = _run.Settings() with { Script = "train.sh", Arguments = [], StopTimeout = TimeSpan.FromSeconds(1) };
        var report = await _run.RunAsync(settings, _store, stop).WaitAsync(TimeSpan.FromSeconds(50));

        Assert.That((report.ExitCode, report.End), Is.EqualTo((128 + 15, TrainingEnd.Killed)));
        Assert.That(await PublishedTraining.StepsAsync(_store), Is.EqualTo(new[] { 1 }));
    }

    /// <summary>There is no terminal here that would have sent it. A shell waits for what it runs.</summary>
    [Test]
    [Platform("Linux")]
    public async Task SIGINT_without_a_terminal_reaches_what_a_shell_script_runs()
    {
        _run.Folder.Write("train.sh", $"dotnet {_run.Settings().Script} --out checkpoints/run --wait yes\nexit $?\n");
        var stop = new TrainingStop();
        _run.OnLine = printed =>
        {
            if (printed == "saved 1")
                stop.Request(StopSignal.Interrupt);
        };

        var report = await _run.RunAsync(_run.Settings() with { Script = "train.sh", Arguments = [] }, _store, stop).WaitAsync(TimeSpan.FromSeconds(50));

        Assert.That((report.ExitCode, report.End), Is.EqualTo((128 + 2, TrainingEnd.Stopped)));
    }

    /// <summary>As when Ctrl-C is pressed while the report is written.</summary>
    [Test]
    public async Task A_request_that_comes_when_all_is_over_is_for_nobody()
    {
        var stop = new TrainingStop();
        var report = await _run.RunAsync(_run.Settings(), _store, stop);

        Assert.That(() => stop.Request(StopSignal.Interrupt), Throws.Nothing);
        Assert.That(() => stop.Request(StopSignal.Terminate), Throws.Nothing);
        Assert.That(report.End, Is.EqualTo(TrainingEnd.Exited));
    }

    [Test]
    public void Publishing_that_is_over_cannot_be_cut_short()
    {
        var host = TestHost.For(_run.Folder);
        var publishing = new LivePublishing(_run.Settings(), host, (_store, _store), CancellationToken.None);
        publishing.Dispose();

        Assert.That(publishing.CutShort, Throws.Nothing);
    }

    [Test]
    public void Cancelling_kills_training_and_throws()
    {
        using var cancellation = new CancellationTokenSource();
        _run.OnLine = line =>
        {
            if (line == "saved 1")
                cancellation.Cancel();
        };

        var running = _run.RunAsync(_run.Settings("--wait", "yes"), _store, cancellationToken: cancellation.Token);

        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }
}
