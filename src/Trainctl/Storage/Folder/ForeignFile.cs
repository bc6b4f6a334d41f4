using Microsoft.Win32.SafeHandles;
using Trainctl.Diagnostics;
using Trainctl.Storage.Folder.Flushing;

namespace Trainctl.Storage.Folder;

/// <summary>
/// A file that another program is to write under a temporary name beside its target. Trainctl looks at it, and gives it its name as
/// <see cref="FolderWrite"/> does, or removes it with all that the other program left beside it.
/// </summary>
internal sealed class ForeignFile : IDisposable
{
    private readonly FolderStore _store;
    private readonly string _key;
    private readonly string _path;
    private readonly string _folder;
    private SafeFileHandle? _handle;
    private bool _isNamed;

    private ForeignFile(FolderStore store, string key, string path, string folder)
    {
        _store = store;
        _key = key;
        _path = path;
        _folder = folder;
        TemporaryPath = Path.Join(folder, TemporaryName.Create());
    }

    /// <summary>Where the other program is to write.</summary>
    public string TemporaryPath { get; }

    /// <summary>Makes the target's folder and thinks of a name.</summary>
    /// <exception cref="TrainctlException">The folder cannot be made.</exception>
    public static ForeignFile Begin(FolderStore folder, string key)
    {
        var path = FolderPath.ToPath(folder.Root.Path, key);
        var parent = Path.GetDirectoryName(path) ?? folder.Root.Path;
        try
        {
            Directory.CreateDirectory(parent);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Writing(path, exception);
        }

        return new ForeignFile(folder, key, path, parent);
    }

    /// <summary>Opens what the other program has written. What is read through this handle is what will get the name.</summary>
    /// <exception cref="TrainctlException">There is no such file.</exception>
    public SafeFileHandle Open()
    {
        try
        {
            return _handle ??= File.OpenHandle(TemporaryPath, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Reading(TemporaryPath, exception);
        }
    }

    /// <summary>Flushes the file to the disk, and gives it its name and the rights of any new file.</summary>
    /// <param name="time">The file's time from now on.</param>
    public StoredObject Complete(DateTimeOffset time)
    {
        try
        {
            var handle = Open();
            // The other program may have given it others than a new file gets.
            PrivateFile.TrySetMode(handle, _store.NewFileMode.In(_folder));
            FileFlush.ToDisk(handle);
            File.SetLastWriteTimeUtc(handle, time.UtcDateTime);
            handle.Dispose();
            _handle = null;
            FileRename.Replace(TemporaryPath, _path, _key);
            _isNamed = true;
            FolderFlush.FlushBelow(_store.Root.Path, _folder);
            return FolderStore.DescribeNew(_key, _path);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Writing(_path, exception);
        }
    }

    /// <summary>Removes the file, unless it has its name by now, and the other program's own temporary files.</summary>
    public void Dispose()
    {
        if (_isNamed)
            return;
        _handle?.Dispose();
        _handle = null;
        Remove(TemporaryPath);
    }

    /// <summary>Removes a file that another program was told to write, and that program's own temporary files. Never fails.</summary>
    public static void Remove(string temporaryPath)
    {
        try
        {
            var name = Path.GetFileName(temporaryPath);
            foreach (var left in Directory.EnumerateFiles(Path.GetDirectoryName(temporaryPath)!, name + "*", Hidden))
                File.Delete(left);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // Nothing more can be done; listings never show the name.
        }
    }

    private static EnumerationOptions Hidden { get; } = new() { AttributesToSkip = 0, IgnoreInaccessible = true };
}
