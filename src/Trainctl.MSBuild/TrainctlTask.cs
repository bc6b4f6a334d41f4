using Microsoft.Build.Framework;
using Trainctl.Diagnostics;
using Trainctl.MSBuild.Binding;
using Trainctl.Reporting;

namespace Trainctl.MSBuild;

/// <summary>
/// What all tasks do: bind each item to a settings record of the engine, run the engine for one after another, and log its report, or its failure as one error.
/// Nothing is run when one of the items is wrong, and nothing more after one that failed.
/// </summary>
public abstract partial class TrainctlTask : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly List<ITaskItem> _objects = [];
    private readonly List<ITaskItem> _reports = [];

    /// <summary>Stops the work; it cleans up after itself.</summary>
    public void Cancel()
    {
        if (!TryStop())
            _cancellation.Cancel();
    }

    /// <inheritdoc/>
    public override bool Execute()
    {
        var operations = Items.SelectMany(BindOrLog).ToArray();
        if (!Log.HasLoggedErrors)
            _ = operations.All(RunOrLog);
        Objects = [.. _objects];
        Reports = [.. _reports];
        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cancellation.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The setting that an item's own name is.</summary>
    private protected abstract string MainSetting { get; }

    /// <summary>Whether somebody has asked for the end, so that the task is not done however what ran has ended.</summary>
    private protected virtual bool WasStopped => false;

    /// <summary>Asks what runs to stop by itself.</summary>
    /// <returns>Whether something does; otherwise it is cancelled.</returns>
    private protected virtual bool TryStop() => false;

    /// <summary>What an item asks for.</summary>
    /// <exception cref="TrainctlException">The values make no sense.</exception>
    private protected abstract IEnumerable<Operation> Bind(ITaskItem item, SettingValues values, bool isDryRun);

    /// <summary>The values of an item, over those of the task that its record has.</summary>
    private protected T Settings<T>(SettingValues values)
    {
        var all = new SettingValues();
        var names = SettingsBinder.NamesOf(typeof(T));
        foreach (var (name, value) in TaskSettings.Where(setting => names.Contains(setting.Name)))
            all.Set(name, value);
        foreach (var name in values.Names)
            all.Set(name, values.Get(name));
        return SettingsBinder.Bind<T>(all);
    }

    private IReadOnlyList<Operation> BindOrLog(ITaskItem item)
    {
        try
        {
            var values = new SettingValues();
            foreach (string name in item.CloneCustomMetadata().Keys)
                values.Set(name, item.GetMetadata(name));
            values.Set(MainSetting, item.ItemSpec);
            var isDryRun = values.Take(nameof(DryRun)) is { } text ? SettingText.Switch(nameof(DryRun), text) : DryRun;
            return [.. Bind(item, values, isDryRun)];
        }
        catch (TrainctlException e)
        {
            Fail(item, e.Code, $"{item.ItemSpec}: {e.Message}", e.ExitCode, e.Subject);
            return [];
        }
#pragma warning disable CA1031 // Do not catch general exception types: MSBuild would print a stack trace
        catch (Exception e)
#pragma warning restore CA1031
        {
            FailUnexpectedly(item, e);
            return [];
        }
    }

    private bool RunOrLog(Operation operation)
    {
        var item = operation.Item;
        try
        {
            var report = RunEngine(operation.Run);
            LogReport(item, report);
            if (WasStopped)
            {
                FailCancelled(item);
            }
            else if (FailureSummary.Of(report) is { } failure)
            {
                var (code, message) = MSBuildCodes.Split(failure, MSBuildCodes.TrainingFailed);
                Fail(item, code, message, report.ExitCode);
            }
        }
        catch (TrainctlException e) when (e.Error is TrainctlError.SourceNotFound or TrainctlError.StoreNotFound && MayBeMissing(operation))
        {
            LogMissing(operation, $"Nothing to look at yet: {e.Message}");
        }
        catch (TrainctlException e)
        {
            Fail(item, e.Code, e.Message, e.ExitCode, e.Subject);
        }
        catch (OperationCanceledException)
        {
            FailCancelled(item);
        }
#pragma warning disable CA1031 // Do not catch general exception types: MSBuild would print a stack trace
        catch (Exception e)
#pragma warning restore CA1031
        {
            FailUnexpectedly(item, e);
        }

        return !Log.HasLoggedErrors;
    }

    private bool MayBeMissing(Operation operation) => operation.MayBeMissing || (AfterDryRun && operation.IsDryRun);

    /// <summary>In a dry run it is to be expected; otherwise it may be a mistake in a name.</summary>
    private void LogMissing(Operation operation, string message)
    {
        if (operation.IsDryRun)
        {
            Log.LogMessage(MessageImportance.High, "{0}", MSBuildCodes.OneLine(message));
            return;
        }

        var place = ItemPlace.Of(operation.Item, null, ProjectFile);
        Log.LogWarning(null, MSBuildCodes.Warning, null, MSBuildCodes.HelpLink, place.File, place.Line, place.Column, 0, 0, "{0}", MSBuildCodes.OneLine(message));
    }

    private Report RunEngine(Func<TrainctlEngine, CancellationToken, Task<Report>> run)
    {
        var log = new MSBuildTrainctlLog(Log, TimeProvider.System);
        try
        {
            var workingDirectory = Path.GetFullPath(WorkingDirectory ?? ".");
            var host = new EngineHost
            {
                WorkingDirectory = workingDirectory,
                Environment = Environment.GetEnvironmentVariable,
                Log = log,
                Progress = log,
                ProgramOutput = log.ProgramOutput,
                StateDirectory = EngineHost.DefaultStateDirectory(Environment.GetEnvironmentVariable, workingDirectory),
            };
            return run(new TrainctlEngine(host), _cancellation.Token).GetAwaiter().GetResult();
        }
        finally
        {
            log.End();
        }
    }

    /// <summary>The report in full where a build shows normal messages, and its outcome in one line where it shows important ones only.</summary>
    private void LogReport(ITaskItem item, Report report)
    {
        var document = report.Describe();
        foreach (var line in ReportText.Render(document).TrimEnd('\n').Split('\n'))
            Log.LogMessage(MessageImportance.Normal, "{0}", line);
        var summary = document.Lines is [var first, ..] ? $"{document.Title}: {first}" : document.Title;
        Log.LogMessage(MessageImportance.High, "{0}", MSBuildCodes.OneLine(summary));
        _objects.AddRange(report.Objects.Select(OutputItems.Of));
        _reports.Add(OutputItems.Of(item, report, summary));
    }

    private void FailCancelled(ITaskItem item) => Fail(item, MSBuildCodes.Cancelled, $"{item.ItemSpec}: cancelled.", ErrorCatalog.Cancelled);

    private void FailUnexpectedly(ITaskItem item, Exception exception)
    {
        Log.LogMessage(MessageImportance.Low, "{0}", exception.ToString());
        var message = $"{item.ItemSpec}: something went wrong that should not: {exception.GetType().Name}: {exception.Message} The binary log has the details to report.";
        Fail(item, MSBuildCodes.Unexpected, message, ErrorCatalog.PartialFailure);
    }

    private void Fail(ITaskItem item, string code, string message, int exitCode, string? subject = null)
    {
        var place = ItemPlace.Of(item, subject, ProjectFile);
        var text = code == MSBuildCodes.TrainingFailed ? message : $"{message} (exit code {exitCode})";
        Log.LogError(null, code, null, MSBuildCodes.HelpLink, place.File, place.Line, place.Column, 0, 0, "{0}", MSBuildCodes.OneLine(text));
    }
}
