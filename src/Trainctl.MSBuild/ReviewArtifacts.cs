using Microsoft.Build.Framework;
using Trainctl.MSBuild.Binding;
using Trainctl.Review;

namespace Trainctl.MSBuild;

/// <summary>Says what is in a store, and fails when a gate that was asked for does. An item is the location. A dry run writes no page.</summary>
public sealed class ReviewArtifacts : TrainctlTask
{
    private protected override string MainSetting => nameof(ReviewArtifactsSettings.Location);

    private protected override IEnumerable<Operation> Bind(ITaskItem item, SettingValues values, bool isDryRun)
    {
        var settings = Settings<ReviewArtifactsSettings>(values);
        if (isDryRun)
            settings = settings with { HtmlFile = null };
        return [new Operation(item, isDryRun, async (engine, cancellationToken) => await engine.ReviewArtifactsAsync(settings, cancellationToken).ConfigureAwait(false))];
    }
}
