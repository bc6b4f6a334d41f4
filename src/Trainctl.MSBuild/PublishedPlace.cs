using Microsoft.Build.Framework;
using Trainctl.Diagnostics;
using Trainctl.MSBuild.Binding;
using Trainctl.Training;

namespace Trainctl.MSBuild;

/// <summary>Where the checkpoints of a training are published: what its <c>Upload</c> says, which may be <c>true</c> for a place below the pipeline's store.</summary>
internal static class PublishedPlace
{
    private const string Upload = nameof(RunTrainingSettings.Upload);

    /// <summary>The values with a URL, or nothing, as <c>Upload</c>.</summary>
    /// <exception cref="TrainctlException">There is no store, or no folder of checkpoints.</exception>
    public static SettingValues Resolve(SettingValues values, string? store)
    {
        var resolved = new SettingValues(values);
        return values.Get(Upload)?.ToUpperInvariant() switch
        {
            "TRUE" => resolved.Set(Upload, Below(store, values.Get(nameof(RunTrainingSettings.Checkpoints)))),
            "FALSE" => resolved.Set(Upload, null),
            // A folder of that name would be a typing mistake far more often.
            { } word when !word.AsSpan().ContainsAny('/', '\\', ':') => throw new TrainctlException(
                TrainctlError.InvalidSetting, $"Upload is '{values.Get(Upload)}'; write true, false, a URL, or a folder with a slash, such as ./published.", Upload),
            _ => resolved,
        };
    }

    /// <summary>The folders of checkpoints that trainings publish, with the places that they are published to.</summary>
    /// <exception cref="TrainctlException">As for <see cref="Resolve"/>.</exception>
    public static IEnumerable<(string Folder, string Place)> Of(IEnumerable<ITaskItem> trainings, string? store)
    {
        foreach (var training in trainings)
        {
            var folder = training.GetMetadata(nameof(RunTrainingSettings.Checkpoints));
            var values = new SettingValues().Set(Upload, training.GetMetadata(Upload)).Set(nameof(RunTrainingSettings.Checkpoints), folder);
            if (Resolve(values, store).Get(Upload) is { } place && folder.Length > 0)
                yield return (folder, place);
        }
    }

    private static string Below(string? store, string? folder)
    {
        if (string.IsNullOrEmpty(store))
            throw new TrainctlException(TrainctlError.InvalidSetting, "Upload is true, and there is no store to upload to. Set TrainctlStore, or write a URL.", Upload);
        if (folder is null || Path.IsPathRooted(folder) || folder.Split('/', '\\').Contains(".."))
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, "Upload is true, which needs Checkpoints to be a folder below the project. Name one, or write a URL as Upload.", Upload);
        }

        var name = string.Join('/', folder.Split('/', '\\').Where(static part => part is not ("" or ".")));
        return $"{store.TrimEnd('/')}/{name}";
    }
}
