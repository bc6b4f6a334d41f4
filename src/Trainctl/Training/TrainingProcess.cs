using System.ComponentModel;
using System.Diagnostics;
using Trainctl.Diagnostics;
using Trainctl.Training.Scripts;

namespace Trainctl.Training;

/// <summary>
/// The training's own process. Started with <see cref="Process"/> and not through CliWrap, which always redirects the standard streams: a progress bar or a
/// debugger needs the terminal itself.
/// </summary>
internal sealed class TrainingProcess : IDisposable
{
    /// <summary>What training has printed arrives within this time after its end. What it left in the background may hold its output open for ever.</summary>
    private static readonly TimeSpan LastOutput = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly ShellPrograms _programs = new();
    private readonly Task _exited;
    private readonly Task _outputEnded;
    private readonly EngineHost _host;
    private readonly TimeSpan _stopTimeout;
    private readonly Lock _gate = new();
    private ITimer? _killing;
    private TrainingEnd _end = TrainingEnd.Exited;
    private bool _isOver;

    private TrainingProcess(Process process, Task exited, Task outputEnded, EngineHost host, TimeSpan stopTimeout) =>
        (_process, _exited, _outputEnded, _host, _stopTimeout) = (process, exited, outputEnded, host, stopTimeout);

    /// <exception cref="TrainctlException">The system cannot run it.</exception>
    public static TrainingProcess Start(ScriptCommand command, EngineHost host, TimeSpan stopTimeout)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments) { UseShellExecute = false, WorkingDirectory = host.WorkingDirectory };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        start.RedirectStandardOutput = start.RedirectStandardError = host.ProgramOutput is not null;
        // Python keeps what it prints into a pipe until it has 8 KiB of it, and loses that when it is killed. It may also be what a shell script runs.
        if (host.ProgramOutput is not null)
            start.Environment.TryAdd("PYTHONUNBUFFERED", "1");
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var outputEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var openStreams = 2;
        process.Exited += (_, _) => exited.TrySetResult();
        process.OutputDataReceived += Pass;
        process.ErrorDataReceived += Pass;
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            process.Dispose();
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"'{command.Program}' could not be started: {exception.Message}. A script needs a first line such as '#!/usr/bin/env bash', or an ending that says what runs it.",
                command.Program,
                exception);
        }

        if (host.ProgramOutput is not null)
        {
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }
        else
        {
            outputEnded.SetResult();
        }

        return new TrainingProcess(process, exited.Task, outputEnded.Task, host, stopTimeout);

        void Pass(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null)
                host.ProgramOutput?.Invoke(line.Data);
            else if (Interlocked.Decrement(ref openStreams) == 0)
                outputEnded.SetResult();
        }
    }

    /// <summary>Waits for the end. Cancelling kills it with all that it started.</summary>
    /// <returns>Its exit code; 128 and the signal's number, where a signal ended it, as .NET and shells count.</returns>
    public async Task<(int ExitCode, TrainingEnd End)> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Not WaitForExitAsync: it waits for the end of the output too, however late that is.
            await _exited.WaitAsync(cancellationToken).ConfigureAwait(false);
            await EndProgramsAsync(cancellationToken).ConfigureAwait(false);
            await EndOutputAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw;
        }

        lock (_gate)
        {
            _isOver = true;
            return (_process.ExitCode, _end);
        }
    }

    /// <summary>Passes a request to stop on, and kills when it is not followed in time.</summary>
    public void Stop(StopSignal signal)
    {
        lock (_gate)
        {
            if (_isOver || HasEnded)
                return;
            if (_end == TrainingEnd.Exited)
                _end = TrainingEnd.Stopped;
            if (ProcessSignals.AreNeeded(signal))
                Send(signal);
            _killing ??= _host.Time.CreateTimer(_ => KillLate(), null, _stopTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _killing?.Dispose();
            _process.Dispose();
        }
    }

    /// <summary>Whether nothing of it runs that would be asked to stop.</summary>
    private bool HasEnded => _process.HasExited && !_programs.AreRunning;

    private void Send(StopSignal signal)
    {
        if (_process.HasExited)
        {
            _programs.SendToAll(signal);
            return;
        }

        // A terminal sends SIGINT to all at once, and shells wait for what they run. At SIGTERM a script with a trap may pass it on itself, so that comes first.
        var programs = signal == StopSignal.Interrupt ? new ShellPrograms() : _programs;
        programs.Find(_process.Id);
        ProcessSignals.Send(_process.Id, signal);
        if (signal == StopSignal.Interrupt)
            programs.SendToAll(signal);
    }

    /// <summary>A shell that was asked to stop may be gone before what it ran, which may be saving.</summary>
    private async Task EndProgramsAsync(CancellationToken cancellationToken)
    {
        while (AreEnding())
            await Task.Delay(Interval, _host.Time, cancellationToken).ConfigureAwait(false);

        bool AreEnding()
        {
            lock (_gate)
            {
                _programs.EndOrphans();
                return _programs.AreRunning;
            }
        }
    }

    private async Task EndOutputAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _outputEnded.WaitAsync(LastOutput, _host.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _process.CancelOutputRead();
            _process.CancelErrorRead();
            _host.Log.Info("Training has ended, and something that it left running still holds its output, which is not read any more.");
        }
    }

    private void KillLate()
    {
        lock (_gate)
        {
            if (_isOver || HasEnded)
                return;
            _end = TrainingEnd.Killed;
        }

        _host.Log.Warning($"Training did not stop within {Reporting.HumanText.Duration(_stopTimeout)}, so it is killed.");
        Kill();
    }

    private void Kill()
    {
        Try(() => _process.Kill(entireProcessTree: true));
        lock (_gate)
            Try(_programs.Kill);

        void Try(Action kill)
        {
            try
            {
                kill();
            }
            catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
            {
                // It ended meanwhile, or one of its children is not ours to kill.
                _host.Log.Debug($"Killing training: {exception.Message}");
            }
        }
    }
}
