using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Retention;

/// <summary>Plans on the disk. A plan is whole under its name, or not there.</summary>
internal static class PlanFile
{
    public static async Task WriteAsync(string path, PrunePlan plan, EngineHost host, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path, host.WorkingDirectory);
        var store = new FolderStore(ObjectUrl.Parse(Path.GetDirectoryName(full) ?? throw new TrainctlException(
            TrainctlError.InvalidSetting, $"PlanFile is '{path}', which is a folder; name a file.", nameof(PlanFile))));
        await using var guard = store.ConfigureAwait(false);
        await store.PutAsync(Path.GetFileName(full), Encoding.UTF8.GetBytes(plan.ToJson()), new PutOptions(), cancellationToken).ConfigureAwait(false);
    }

    public static async Task<PrunePlan> ReadAsync(string path, EngineHost host, CancellationToken cancellationToken)
    {
        try
        {
            var json = await File.ReadAllTextAsync(Path.GetFullPath(path, host.WorkingDirectory), cancellationToken).ConfigureAwait(false);
            return PrunePlan.Parse(json, path);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw new TrainctlException(
                TrainctlError.InvalidFile, $"The prune plan '{path}' cannot be read: {exception.Message} A dry run with PlanFile writes one.", path, exception);
        }
    }
}
