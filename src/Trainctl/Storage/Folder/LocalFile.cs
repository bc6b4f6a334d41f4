using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>Files that an operation writes beside its work: lock files, plans, pages. Each is whole under its name, or not there.</summary>
internal static class LocalFile
{
    /// <summary>Writes a file, and the folders above it.</summary>
    /// <param name="path">Relative to the host's working directory, or absolute.</param>
    /// <param name="setting">The setting that it comes from, for errors.</param>
    /// <param name="content">All of it.</param>
    /// <param name="host">The process.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public static async Task WriteAsync(string path, string setting, ReadOnlyMemory<byte> content, EngineHost host, CancellationToken cancellationToken)
    {
        ThrowIfFolder(path, setting, host);
        var full = Path.GetFullPath(path, host.WorkingDirectory);
        var name = Path.GetFileName(full);
        var folder = new FolderStore(ObjectUrl.Parse(Path.GetDirectoryName(full)!));
        await using var guard = folder.ConfigureAwait(false);
        await folder.PutAsync(name, content, new PutOptions(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Refuses what names a folder, as an empty text does.</summary>
    public static void ThrowIfFolder(string path, string setting, EngineHost host)
    {
        var full = Path.GetFullPath(path, host.WorkingDirectory);
        if (Path.EndsInDirectorySeparator(full) || Directory.Exists(full))
            throw new TrainctlException(TrainctlError.InvalidSetting, $"{setting} is '{path}', which is a folder; name a file.", setting);
    }
}
