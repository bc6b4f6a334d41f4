using Microsoft.Build.Framework;
using Trainctl.MSBuild.Binding;
using Trainctl.Staging;

namespace Trainctl.MSBuild;

/// <summary>Brings datasets from a store to folders; with a lock file, exactly the data that it records. An item is the source.</summary>
public sealed class StageData : TrainctlTask
{
    private protected override string MainSetting => nameof(StageDataSettings.Source);

    private protected override IEnumerable<Operation> Bind(ITaskItem item, SettingValues values, bool isDryRun)
    {
        var settings = Settings<StageDataSettings>(values) with { DryRun = isDryRun };
        return [new Operation(item, isDryRun, async (engine, cancellationToken) => await engine.StageDataAsync(settings, cancellationToken).ConfigureAwait(false))];
    }
}
