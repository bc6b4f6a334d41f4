using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>
/// Files that are written and not yet known to be on the disk. One of which the disk says that it has not all of it is deleted: by size and time it would be taken for whole.
/// </summary>
/// <param name="root">The folder that all of them are below.</param>
/// <param name="onFlush">Called with each path before it is flushed; what it throws counts as the disk's own failure. For tests.</param>
internal sealed partial class Writeback(string root, Action<string>? onFlush = null)
{
    /// <summary>So many are remembered before they are flushed in between.</summary>
    private const int Most = 4096;

    private const int ParallelFlushes = 8;
    private const uint StartOnly = 2;

    private readonly ConcurrentQueue<string> _paths = new();

    private TrainctlException? _failure;

    /// <summary>Remembers a file under its final name. Failures of others that are flushed on the way are told by <see cref="FlushAsync"/>.</summary>
    public ValueTask AddAsync(string path, CancellationToken cancellationToken)
    {
        _paths.Enqueue(path);
        return _paths.Count < Most ? ValueTask.CompletedTask : new ValueTask(FlushRememberedAsync(cancellationToken));
    }

    /// <summary>Waits until all of them are on the disk. One that is gone by now has nothing to be kept.</summary>
    /// <exception cref="TrainctlException">The first failure since the last call; all others were flushed nevertheless.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await FlushRememberedAsync(cancellationToken).ConfigureAwait(false);
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            throw failure;
    }

    private async Task FlushRememberedAsync(CancellationToken cancellationToken)
    {
        var paths = new List<string>();
        while (_paths.TryDequeue(out var path))
            paths.Add(path);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelFlushes, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(paths, parallel, (path, _) =>
        {
            Flush(path);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        FolderFlush.FlushBelow(root, paths.Select(p => Path.GetDirectoryName(p) ?? root));
    }

    private void Flush(string path)
    {
        var isOpen = false;
        try
        {
            // A handle that cannot write cannot flush on Windows.
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            isOpen = true;
            onFlush?.Invoke(path);
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Removed by somebody meanwhile.
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            Interlocked.CompareExchange(ref _failure, FolderErrors.Writing(path, exception), null);
            if (isOpen)
                TryDelete(path);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // The failure is told in any case.
        }
    }

    /// <summary>
    /// Lets the system begin to write a part of a file to the disk without waiting for it, so that the flush finds little left. A hint: where there is no
    /// such call, nothing is lost.
    /// </summary>
    /// <param name="handle">The file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="length">In bytes; 0 for all that follows.</param>
    public static void Start(SafeFileHandle handle, long offset, long length)
    {
        if (OperatingSystem.IsLinux())
            _ = SyncFileRange(handle, offset, length, StartOnly);
    }

    // sync_file_range(2), SYNC_FILE_RANGE_WRITE.
    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileRange(SafeFileHandle handle, long offset, long length, uint flags);
}
