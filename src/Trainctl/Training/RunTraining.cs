using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Training.Publishing;
using Trainctl.Training.Scripts;

namespace Trainctl.Training;

/// <summary>Runs a training to its end, with publishing beside it where there is a place for it.</summary>
internal sealed class RunTraining(RunTrainingSettings settings, EngineHost host, (IObjectStore Source, IObjectStore Destination)? stores)
{
    private const string Name = "run-training";

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Timers cannot be set for much longer.</summary>
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(30);

    /// <summary>What can be told before anything begins: afterwards, nothing about publishing may stop training.</summary>
    public static void ThrowIfInvalid(RunTrainingSettings settings)
    {
        Check(settings.Interval, ShortestInterval, nameof(settings.Interval));
        Check(settings.FlushTimeout, TimeSpan.Zero, nameof(settings.FlushTimeout));
        Check(settings.StopTimeout, TimeSpan.Zero, nameof(settings.StopTimeout));
        if (settings.MaxHeldCheckpoints < 0)
            throw Invalid($"MaxHeldCheckpoints is {settings.MaxHeldCheckpoints}; it must not be negative.", nameof(settings.MaxHeldCheckpoints));
        if (settings.Upload is null)
            return;
        if (settings.Checkpoints is not { IsFolder: true })
        {
            throw Invalid(
                $"Upload is '{settings.Upload}', and Checkpoints is {(settings.Checkpoints is null ? "not set" : $"'{settings.Checkpoints}'")}. "
                + "Set Checkpoints to the folder that training writes to.",
                nameof(settings.Checkpoints));
        }
    }

    public async Task<TrainingReport> RunAsync(TrainingStop? stop, CancellationToken cancellationToken)
    {
        if (stores is { } places)
        {
            PublishingPlace.ThrowIfInsideSource(places.Source.Root, places.Destination.Root);
            LayoutChoice.Of(new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = host.Time });
        }

        var command = new ScriptResolver(ScriptSurroundings.Of(host)).Resolve(settings.Script, settings.Arguments);
        cancellationToken.ThrowIfCancellationRequested();
        if (settings.DryRun)
            return Report(command, dryRun: true);
        using var publishing = stores is null ? null : new LivePublishing(settings, host, stores.Value, cancellationToken);
        var start = host.Time.GetTimestamp();
        using var process = TrainingProcess.Start(command, host, settings.StopTimeout);
        publishing?.Begin();
        var hasEnded = false;
        using var listening = stop?.Listen(signal =>
        {
            if (!Volatile.Read(ref hasEnded))
                process.Stop(signal);
            else if (signal == StopSignal.Interrupt)
                publishing?.CutShort();
        });
        var (exitCode, end) = await process.WaitAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref hasEnded, true);
        var duration = host.Time.GetElapsedTime(start);
        var published = publishing is null ? new PublishingResult() : await publishing.FinishAsync(cancellationToken).ConfigureAwait(false);
        foreach (var note in published.Notes)
            host.Log.Warning(note);
        return Report(command, dryRun: false) with
        {
            Duration = host.Time.GetElapsedTime(start),
            TrainingExitCode = exitCode,
            End = end,
            TrainingDuration = duration,
            Units = published.Units,
            Unlisted = published.Unlisted,
            Objects = published.Objects,
            Problems = published.Problems,
            Notes = published.Notes,
        };
    }

    /// <summary>What is known before training begins.</summary>
    private TrainingReport Report(ScriptCommand command, bool dryRun) => new()
    {
        Operation = Name,
        DryRun = dryRun,
        Duration = TimeSpan.Zero,
        Script = settings.Script,
        Program = command.Program,
        TrainingExitCode = 0,
        End = TrainingEnd.Exited,
        TrainingDuration = TimeSpan.Zero,
        Source = stores?.Source.Root.ToString(),
        Destination = stores?.Destination.Root.ToString(),
    };

    private static void Check(TimeSpan value, TimeSpan shortest, string setting)
    {
        if (value < shortest || value > LongestTime)
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"{setting} is {value}; it must be from {shortest.TotalSeconds} s to {LongestTime.TotalDays} days."), setting);
    }

    private static TrainctlException Invalid(string message, string setting) => new(TrainctlError.InvalidSetting, message, setting);
}
