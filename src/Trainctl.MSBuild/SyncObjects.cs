using Microsoft.Build.Framework;
using Trainctl.MSBuild.Binding;
using Trainctl.Sync;

namespace Trainctl.MSBuild;

/// <summary>Makes destinations hold what sources hold; either side is a store or a folder. An item is the source.</summary>
public sealed class SyncObjects : TrainctlTask
{
    private protected override string MainSetting => nameof(SyncSettings.Source);

    private protected override IEnumerable<Operation> Bind(ITaskItem item, SettingValues values, bool isDryRun)
    {
        var settings = Settings<SyncSettings>(values) with { DryRun = isDryRun };
        return [new Operation(item, isDryRun, async (engine, cancellationToken) => await engine.SyncAsync(settings, cancellationToken).ConfigureAwait(false))];
    }
}
