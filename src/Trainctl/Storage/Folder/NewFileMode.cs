using System.Collections.Concurrent;

namespace Trainctl.Storage.Folder;

/// <summary>The rights that any new file gets in a folder: the process's umask and the folder's own rules (default ACLs) decide, so a file is made to find out.</summary>
internal sealed class NewFileMode
{
    /// <summary>So many folders are remembered.</summary>
    private const int Most = 1024;

    private readonly ConcurrentDictionary<string, UnixFileMode> _known = new(StringComparer.Ordinal);

    /// <returns>Null where there are no such rights.</returns>
    /// <exception cref="IOException">No file can be made there; also the other errors of file systems.</exception>
    public UnixFileMode? In(string folder)
    {
        if (OperatingSystem.IsWindows())
            return null;
        if (_known.TryGetValue(folder, out var known))
            return known;
        if (_known.Count >= Most)
            _known.Clear();
        using var file = File.OpenHandle(
            Path.Join(folder, TemporaryName.Create()), FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        return _known[folder] = File.GetUnixFileMode(file);
    }
}
