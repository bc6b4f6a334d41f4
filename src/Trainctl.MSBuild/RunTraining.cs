using Microsoft.Build.Framework;
using Trainctl.MSBuild.Binding;
using Trainctl.Training;

namespace Trainctl.MSBuild;

/// <summary>
/// Runs training scripts to their ends, and publishes their checkpoints meanwhile. An item is the script. <c>Upload</c> may be <c>true</c>: then checkpoints go
/// to the folder's name below <see cref="Store"/>. A dry run says what would be run, without the arguments.
/// </summary>
public sealed class RunTraining : TrainctlTask
{
    /// <summary>Where <c>Upload="true"</c> leads. Null: nowhere, and that is an error.</summary>
    public string? Store { get; set; }

    private protected override string MainSetting => nameof(RunTrainingSettings.Script);

    private protected override IEnumerable<Operation> Bind(ITaskItem item, SettingValues values, bool isDryRun)
    {
        var settings = Settings<RunTrainingSettings>(PublishedPlace.Resolve(values, Store)) with { DryRun = isDryRun };
        return [new Operation(item, isDryRun, async (engine, cancellationToken) => await engine.RunTrainingAsync(settings, stop: null, cancellationToken).ConfigureAwait(false))];
    }
}
