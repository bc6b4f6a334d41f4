using Microsoft.Build.Framework;
using Trainctl.Diagnostics;
using Trainctl.MSBuild.Binding;
using Trainctl.Retention;

namespace Trainctl.MSBuild;

/// <summary>
/// Deletes old checkpoints by whole units. An item is the location, its metadata the policy. Where the location is a folder that one of
/// <see cref="Trainings"/> publishes, the policy holds for the published checkpoints too, and those in the folder go only when they are published.
/// </summary>
public sealed class PruneCheckpoints : TrainctlTask
{
    /// <summary>The trainings of the pipeline.</summary>
    public ITaskItem[] Trainings { get; set; } = [];

    /// <summary>Where <c>Upload="true"</c> of a training leads.</summary>
    public string? Store { get; set; }

    private protected override string MainSetting => nameof(PruneCheckpointsSettings.Location);

    private protected override IEnumerable<Operation> Bind(ITaskItem item, SettingValues values, bool isDryRun)
    {
        var settings = Settings<PruneCheckpointsSettings>(values) with { DryRun = isDryRun };
        if (PublishedTo(item.ItemSpec) is not { } place)
            return [Prune(item, settings)];
        if (settings.PlanFile is not null)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, "PlanFile is for one location, and this policy holds for a folder and for what is published of it.", nameof(settings.PlanFile));
        }

        // The folder first: what the store no longer has would be taken for not published.
        return
        [
            Prune(item, settings with { RequireUploaded = settings.RequireUploaded ?? place }),
            Prune(item, settings with { Location = place }) with { MayBeMissing = true },
        ];
    }

    private static Operation Prune(ITaskItem item, PruneCheckpointsSettings settings) => new(
        item, settings.DryRun, async (engine, cancellationToken) => await engine.PruneCheckpointsAsync(settings, cancellationToken).ConfigureAwait(false));

    private string? PublishedTo(string location) => PublishedPlace.Of(Trainings, Store)
        .Where(published => string.Equals(FolderOf(published.Folder), FolderOf(location), OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
        .Select(static published => published.Place)
        .FirstOrDefault();

    /// <summary>However it is written, with a slash at its end too.</summary>
    private string FolderOf(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, Path.GetFullPath(WorkingDirectory ?? ".")));
}
