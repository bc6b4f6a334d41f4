using System.Collections.Concurrent;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder.Flushing;

/// <summary>
/// Files that are written and not yet known to be on the disk. One of which the disk says that it has not all of it is deleted: by size and time it would be taken for whole.
/// </summary>
/// <param name="root">The folder that all of them are below.</param>
/// <param name="onFlush">Called with each path before it is flushed; what it throws counts as the disk's own failure. For tests.</param>
internal sealed class Writeback(string root, Action<string>? onFlush = null)
{
    /// <summary>So many are remembered before they are flushed in between.</summary>
    private const int Most = 4096;

    private const int ParallelFlushes = 8;

    private readonly ConcurrentQueue<Written> _written = new();
    private readonly Lock _gate = new();
    private readonly List<WritebackGroup> _groups = [];

    private TrainctlException? _nobodys;
    private Task _flushing = Task.CompletedTask;

    /// <summary>Begins a group of files whose failures are told together.</summary>
    public WritebackGroup BeginGroup()
    {
        lock (_gate)
        {
            var group = new WritebackGroup(this);
            _groups.Add(group);
            if (_nobodys is { } failure)
                group.Fail(failure);
            _nobodys = null;
            return group;
        }
    }

    /// <summary>Nobody asks for this group any more.</summary>
    public void End(WritebackGroup group)
    {
        lock (_gate)
            _groups.Remove(group);
    }

    /// <summary>Remembers a file under its final name.</summary>
    public ValueTask AddAsync(string path, WritebackGroup group, CancellationToken cancellationToken)
    {
        _written.Enqueue(new Written(path, group));
        return _written.Count < Most ? ValueTask.CompletedTask : new ValueTask(FlushAsync(cancellationToken));
    }

    /// <summary>
    /// Waits until all that were remembered before are on the disk, whoever flushes them. One that is gone by now has nothing to be kept. Each group is told its failures.
    /// </summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        // One after another: what one before has taken out of the queue is on the disk once that is over.
        lock (_gate)
            return _flushing = FlushAfterAsync(_flushing, cancellationToken);
    }

    private async Task FlushAfterAsync(Task others, CancellationToken cancellationToken)
    {
        await others.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await FlushRememberedAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task FlushRememberedAsync(CancellationToken cancellationToken)
    {
        var taken = new List<Written>();
        while (_written.TryDequeue(out var next))
            taken.Add(next);
        var isDone = new bool[taken.Count];
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelFlushes, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, taken.Count, parallel, (i, _) =>
            {
                Flush(taken[i]);
                isDone[i] = true;
                return ValueTask.CompletedTask;
            }).ConfigureAwait(false);
        }
        catch
        {
            for (var i = 0; i < isDone.Length; i++)
            {
                if (!isDone[i])
                    _written.Enqueue(taken[i]);
            }

            throw;
        }

        FlushNames(taken);
    }

    private void Flush(Written written)
    {
        var (path, group) = written;
        var isOpen = false;
        try
        {
            // A handle that cannot write cannot flush on Windows; elsewhere the file may be one that nobody may write.
            var access = OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read;
            using var handle = File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
            isOpen = true;
            onFlush?.Invoke(path);
            FileFlush.ToDisk(handle);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Removed by somebody meanwhile.
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            Tell(group, FolderErrors.Writing(path, exception));
            if (isOpen)
                TryDelete(path);
        }
    }

    /// <summary>Brings the names to the disk. Without them the files may be gone after a power failure, whosever they are.</summary>
    private void FlushNames(List<Written> written)
    {
        try
        {
            FolderFlush.FlushBelow(root, written.Select(w => Path.GetDirectoryName(w.Path) ?? root));
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            foreach (var group in written.Select(static w => w.Group).Distinct())
                Tell(group, FolderErrors.Writing(root, exception));
        }
    }

    /// <summary>Tells a group, or all others where it has ended: one of them may count on what it wrote.</summary>
    private void Tell(WritebackGroup group, TrainctlException failure)
    {
        lock (_gate)
        {
            if (_groups.Contains(group))
                group.Fail(failure);
            else if (_groups.Count == 0)
                _nobodys ??= failure;
            else
                _groups.ForEach(g => g.Fail(failure));
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

    private readonly record struct Written(string Path, WritebackGroup Group);
}
