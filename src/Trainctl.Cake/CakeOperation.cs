using Cake.Core;
using Cake.Core.Diagnostics;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Training;

namespace Trainctl.Cake;

/// <summary>Runs one operation of the engine inside a Cake script, and turns its failures into Cake's.</summary>
internal static class CakeOperation
{
    public static TReport Run<TReport>(ICakeContext context, Func<TrainctlEngine, Task<TReport>> operation, bool detailed = false)
        where TReport : Report =>
        RunAsync(context, operation, detailed).GetAwaiter().GetResult();

    public static async Task<TReport> RunAsync<TReport>(ICakeContext context, Func<TrainctlEngine, Task<TReport>> operation, bool detailed = false)
        where TReport : Report
    {
        var report = await GuardAsync(() => RunEngineAsync(context, operation)).ConfigureAwait(false);
        foreach (var line in ReportText.Render(report.Describe(detailed)).TrimEnd('\n').Split('\n'))
            context.Log.Write(Verbosity.Normal, LogLevel.Information, "{0}", line);
        if (FailureSummary.Of(report) is { } failure)
            throw new CakeException(report.ExitCode, failure);
        return report;
    }

    /// <summary>Runs a training, which signals ask to stop. A build that was asked to stop does not go on, whatever training's exit code is.</summary>
    public static async Task<TrainingReport> TrainAsync(ICakeContext context, RunTrainingSettings settings, CancellationToken cancellationToken)
    {
        using var signals = new TrainingSignals(line => context.Log.Write(Verbosity.Minimal, LogLevel.Warning, "{0}", line), cancellationToken);
        var report = await RunAsync(context, engine => engine.RunTrainingAsync(settings, signals.Stop, signals.Cancellation)).ConfigureAwait(false);
        return signals.HasAsked ? throw Cancelled() : report;
    }

    /// <summary>Runs something that can fail as the engine does.</summary>
    public static T Guard<T>(Func<T> action) => GuardAsync(() => Task.FromResult(action())).GetAwaiter().GetResult();

    public static CakeException Cancelled(OperationCanceledException? cause = null) => new(ErrorCatalog.Cancelled, "Cancelled.", cause);

    public static CakeException Failure(TrainctlException e) => new(e.ExitCode, VisibleText.Of($"{e.Code}: {e.Message}"), e);

    private static async Task<T> GuardAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (TrainctlException e)
        {
            throw Failure(e);
        }
        catch (OperationCanceledException e)
        {
            throw Cancelled(e);
        }
    }

    private static async Task<TReport> RunEngineAsync<TReport>(ICakeContext context, Func<TrainctlEngine, Task<TReport>> operation)
    {
        using var liveLine = LiveLine.ForConsole(context.Environment.GetEnvironmentVariable);
        var host = new EngineHost
        {
            WorkingDirectory = context.Environment.WorkingDirectory.FullPath,
            Environment = context.Environment.GetEnvironmentVariable,
            Log = new CakeTrainctlLog(context.Log, liveLine),
            Progress = new CakeProgress(context.Log, liveLine, TimeProvider.System),
            StateDirectory = EngineHost.DefaultStateDirectory(context.Environment.GetEnvironmentVariable, context.Environment.WorkingDirectory.FullPath),
        };
        return await operation(new TrainctlEngine(host)).ConfigureAwait(false);
    }
}
