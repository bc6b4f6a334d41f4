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
        var (folder, name) = PlaceOf(path, setting, host);
        await using var guard = folder.ConfigureAwait(false);
        await folder.PutAsync(name, content, new PutOptions(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As the other one, for content that is too large to be held: it goes to the disk as it comes.</summary>
    /// <param name="path">Relative to the host's working directory, or absolute.</param>
    /// <param name="setting">The setting that it comes from, for errors.</param>
    /// <param name="write">Writes all of it.</param>
    /// <param name="host">The process.</param>
    /// <param name="cancellationToken">Ends the writing before the file is visible.</param>
    public static async Task WriteAsync(string path, string setting, Action<Stream> write, EngineHost host, CancellationToken cancellationToken)
    {
        var (folder, name) = PlaceOf(path, setting, host);
        await using var guard = folder.ConfigureAwait(false);
        var file = folder.BeginOfUnknownSize(name, new PutOptions());
        await using var whole = file.ConfigureAwait(false);
        using (var stream = new BlockWriteStream(file))
            write(stream);
        await file.CompleteAsync(default, cancellationToken).ConfigureAwait(false);
    }

    private static (FolderStore Folder, string Name) PlaceOf(string path, string setting, EngineHost host)
    {
        ThrowIfFolder(path, setting, host);
        var full = RealPath.FullOf(path, host.WorkingDirectory);
        return (new FolderStore(ObjectUrl.Parse(Path.GetDirectoryName(full)!)), Path.GetFileName(full));
    }

    /// <summary>Refuses what names a folder, as an empty text does.</summary>
    public static void ThrowIfFolder(string path, string setting, EngineHost host)
    {
        var full = RealPath.FullOf(path, host.WorkingDirectory);
        if (Path.EndsInDirectorySeparator(full) || Directory.Exists(full))
            throw new TrainctlException(TrainctlError.InvalidSetting, $"{setting} is '{path}', which is a folder; name a file.", setting);
    }
}
