using Microsoft.Build.Framework;
using Trainctl.Checkpoints;
using Trainctl.MSBuild.Binding;
using Trainctl.Training;

namespace Trainctl.MSBuild;

/// <summary>
/// Publishes folders of checkpoints; skips what is already there and what is still being written. An item is the folder, or with <see cref="OfTrainings"/> a
/// training whose folder is published where its <c>Upload</c> says.
/// </summary>
public sealed class UploadCheckpoints : TrainctlTask
{
    private static readonly IReadOnlyCollection<string> Names = SettingsBinder.NamesOf(typeof(UploadCheckpointsSettings));

    /// <summary>Whether the items are trainings. Default false.</summary>
    public bool OfTrainings { get; set; }

    /// <summary>Where <c>Upload="true"</c> leads. Null: nowhere, and that is an error.</summary>
    public string? Store { get; set; }

    private protected override string MainSetting => OfTrainings ? nameof(RunTrainingSettings.Script) : nameof(UploadCheckpointsSettings.Source);

    private protected override IEnumerable<Operation> Bind(ITaskItem item, SettingValues values, bool isDryRun)
    {
        if ((OfTrainings ? OfTraining(values) : values) is not { } upload)
            return [];
        var settings = Settings<UploadCheckpointsSettings>(upload) with { DryRun = isDryRun };
        return [new Operation(item, isDryRun, async (engine, cancellationToken) => await engine.UploadCheckpointsAsync(settings, cancellationToken).ConfigureAwait(false))];
    }

    /// <summary>The same settings for publishing alone; null when nothing is to be published.</summary>
    private SettingValues? OfTraining(SettingValues training)
    {
        var resolved = PublishedPlace.Resolve(training, Store);
        var settings = SettingsBinder.Bind<RunTrainingSettings>(resolved);
        if (settings.Upload is null)
            return null;
        var values = new SettingValues();
        foreach (var name in resolved.Names.Where(name => Names.Contains(name, StringComparer.OrdinalIgnoreCase)))
            values.Set(name, resolved.Get(name));
        return values
            .Set(nameof(UploadCheckpointsSettings.Source), resolved.Get(nameof(RunTrainingSettings.Checkpoints)))
            .Set(nameof(UploadCheckpointsSettings.Destination), resolved.Get(nameof(RunTrainingSettings.Upload)));
    }
}
