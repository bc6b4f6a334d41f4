using Cake.Core;
using Cake.Core.Diagnostics;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Cake;

/// <summary>Runs one operation of the engine inside a Cake script, and turns its failures into Cake's.</summary>
internal static class CakeOperation
{
    public static TReport Run<TReport>(ICakeContext context, Func<TrainctlEngine, Task<TReport>> operation, bool detailed = false)
        where TReport : Report
    {
        var report = Guard(() => RunEngine(context, operation));
        foreach (var line in ReportText.Render(report.Describe(detailed)).TrimEnd('\n').Split('\n'))
            context.Log.Write(Verbosity.Normal, LogLevel.Information, "{0}", line);
        if (FailureSummary.Of(report) is { } failure)
            throw new CakeException(report.ExitCode, failure);
        return report;
    }

    /// <summary>Runs something that can fail as the engine does.</summary>
    public static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (TrainctlException e)
        {
            throw Failure(e);
        }
        catch (OperationCanceledException e)
        {
            throw new CakeException(ErrorCatalog.Cancelled, "Cancelled.", e);
        }
    }

    public static CakeException Failure(TrainctlException e) => new(e.ExitCode, $"{e.Code}: {e.Message}", e);

    private static TReport RunEngine<TReport>(ICakeContext context, Func<TrainctlEngine, Task<TReport>> operation)
    {
        using var liveLine = LiveLine.ForConsole(context.Environment.GetEnvironmentVariable);
        var host = new EngineHost
        {
            WorkingDirectory = context.Environment.WorkingDirectory.FullPath,
            Environment = context.Environment.GetEnvironmentVariable,
            Log = new CakeTrainctlLog(context.Log, liveLine),
            Progress = new CakeProgress(context.Log, liveLine, TimeProvider.System),
        };
        return operation(new TrainctlEngine(host)).GetAwaiter().GetResult();
    }
}
