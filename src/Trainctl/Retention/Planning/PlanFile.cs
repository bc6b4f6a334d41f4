using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage.Folder;

namespace Trainctl.Retention.Planning;

/// <summary>Plans on the disk. A plan is whole under its name, or not there.</summary>
internal static class PlanFile
{
    public static Task WriteAsync(string path, PrunePlan plan, EngineHost host, CancellationToken cancellationToken) =>
        LocalFile.WriteAsync(path, nameof(PlanFile), Encoding.UTF8.GetBytes(plan.ToJson()), host, cancellationToken);

    public static async Task<PrunePlan> ReadAsync(string path, EngineHost host, CancellationToken cancellationToken)
    {
        try
        {
            var json = await File.ReadAllTextAsync(RealPath.FullOf(path, host.WorkingDirectory), cancellationToken).ConfigureAwait(false);
            return PrunePlan.Parse(json, path);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw new TrainctlException(
                TrainctlError.InvalidFile, $"The prune plan '{path}' cannot be read: {exception.Message} A dry run with PlanFile writes one.", path, exception);
        }
    }
}
