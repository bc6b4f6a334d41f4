using Microsoft.Build.Framework;
using Trainctl.MSBuild.Binding;
using Trainctl.Reporting;
using Trainctl.Training;

namespace Trainctl.MSBuild;

/// <summary>
/// Runs training scripts to their ends, and publishes their checkpoints meanwhile. An item is the script. <c>Upload</c> may be <c>true</c>: then checkpoints go
/// to the folder's name below <see cref="Store"/>. A dry run says what would be run, without the arguments.
/// </summary>
public sealed class RunTraining : TrainctlTask
{
    private TrainingSignals? _signals;
    private bool _wasStopped;

    /// <summary>Where <c>Upload="true"</c> leads. Null: nowhere, and that is an error.</summary>
    public string? Store { get; set; }

    private protected override string MainSetting => nameof(RunTrainingSettings.Script);

    private protected override bool WasStopped => _wasStopped;

    private protected override bool TryStop()
    {
        if (_signals is not { } signals)
            return false;
        signals.Interrupt();
        return true;
    }

    private protected override IEnumerable<Operation> Bind(ITaskItem item, SettingValues values, bool isDryRun)
    {
        var settings = Settings<RunTrainingSettings>(PublishedPlace.Resolve(values, Store)) with { DryRun = isDryRun };
        return [new Operation(item, isDryRun, (engine, cancellationToken) => RunAsync(engine, settings, cancellationToken))];
    }

    /// <summary>Ctrl-C comes as a signal and from the build, which tells of the first one only.</summary>
    private async Task<Report> RunAsync(TrainctlEngine engine, RunTrainingSettings settings, CancellationToken cancellationToken)
    {
        using var signals = new TrainingSignals(line => Log.LogMessage(MessageImportance.High, "{0}", line), cancellationToken);
        _signals = signals;
        try
        {
            return await engine.RunTrainingAsync(settings, signals.Stop, signals.Cancellation).ConfigureAwait(false);
        }
        finally
        {
            _signals = null;
            _wasStopped = signals.HasAsked;
        }
    }
}
