using Microsoft.Win32.SafeHandles;
using Trainctl.Diagnostics;
using Trainctl.Storage.Folder.Flushing;

namespace Trainctl.Storage.Folder;

/// <summary>A file on its way in: a temporary file beside its target, written at any offset, renamed when whole.</summary>
internal sealed class FolderWrite : IBlockWrite
{
    /// <summary>So much is gathered before the system is told to begin with writing it to the disk.</summary>
    private const long WriteBehind = 8 * 1024 * 1024;

    private readonly string _key;
    private readonly string _path;
    private readonly string _root;
    private readonly string _folder;
    private readonly string _temporaryPath;
    private readonly long? _size;
    private readonly PutOptions _options;
    private readonly WritebackGroup? _flushedLater;
    private readonly UnixFileMode? _mode;
    private readonly FileStream? _file;
    private SafeFileHandle? _handle;
    private bool _isKept;
    private bool _isRenamed;

    /// <param name="root">The store's folder.</param>
    /// <param name="key">The object.</param>
    /// <param name="path">The file that it becomes.</param>
    /// <param name="size">All its bytes; null where nobody knows before.</param>
    /// <param name="options">How it is stored.</param>
    /// <param name="modes">The rights of new files.</param>
    /// <param name="flushedLater">
    /// What flushes the file after it was renamed; null when that is done before. Then no space is reserved: after a power failure it would be a file of the
    /// right length full of zeros, and without it one that is too short, which is noticed.
    /// </param>
    /// <param name="partialPath">A file that an earlier run may have left, and that this process alone may write; null for a fresh temporary file.</param>
    public FolderWrite(
        string root, string key, string path, long? size, PutOptions options, NewFileMode modes, WritebackGroup? flushedLater = null, string? partialPath = null)
    {
        _root = root;
        _flushedLater = flushedLater;
        _key = key;
        _path = path;
        _size = size;
        _options = options;
        _folder = Path.GetDirectoryName(path) ?? root;
        _temporaryPath = partialPath ?? Path.Join(_folder, TemporaryName.Create());
        try
        {
            // Not only once opening failed: .NET calls it a missing file when another thread makes the folder at that moment.
            Directory.CreateDirectory(_folder);
            if (partialPath is not null && new FileInfo(partialPath).LinkTarget is not null)
                File.Delete(partialPath);
            _mode = modes.In(_folder);
            _file = partialPath is not null && File.Exists(partialPath)
                ? PrivateFile.Open(partialPath)
                : PrivateFile.Create(_temporaryPath, flushedLater is null && size is { } bytes ? Reservation.For(_folder, bytes) : 0);
            _handle = _file.SafeFileHandle;
            // What is longer belonged to something else; what it held is proven or written over.
            if (partialPath is not null && RandomAccess.GetLength(_handle) > size)
                RandomAccess.SetLength(_handle, 0);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // What an earlier run has left may be had another time.
            _isKept = partialPath is not null && _handle is null;
            Discard();
            throw FolderErrors.Writing(path, exception);
        }
    }

    public Checksum? ReadBack(ByteRange range, BlockAction? onBlock = null) => FileBlocks.TryRead(OpenHandle, range, onBlock);

    public async Task WritePartAsync(int number, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        try
        {
            await RandomAccess.WriteAsync(OpenHandle, content, offset, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (FolderErrors.IsWriteError(exception))
        {
            throw FolderErrors.Writing(_path, exception);
        }
    }

    public void WriteBlock(long offset, ReadOnlySpan<byte> block)
    {
        try
        {
            RandomAccess.Write(OpenHandle, block, offset);
            // Of the blocks that come one after another, what lies before the boundary is written by now.
            var boundary = (offset + block.Length) / WriteBehind * WriteBehind;
            if (boundary > offset)
                FileFlush.Start(OpenHandle, boundary - WriteBehind, WriteBehind);
        }
        catch (Exception exception) when (FolderErrors.IsWriteError(exception))
        {
            throw FolderErrors.Writing(_path, exception);
        }
    }

    public async Task<StoredObject> CompleteAsync(Checksum checksum, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (_size is { } size && RandomAccess.GetLength(OpenHandle) != size)
                throw new TrainctlException(TrainctlError.ChecksumMismatch, $"'{_path}' has not received all of its {size} bytes, so it was not made visible.", _path);
            if (_flushedLater is null)
                Flush();
            else
                FileFlush.Start(OpenHandle, 0, 0);
            if (_options.ContentModifiedAt is { } time)
                File.SetLastWriteTimeUtc(OpenHandle, time.UtcDateTime);
            PrivateFile.TrySetMode(OpenHandle, _mode);
            FileFlush.ThrowIfRefused(OpenHandle);
            Close();
            FileRename.Replace(_temporaryPath, _path, _key);
            _isRenamed = true;
            if (_flushedLater is null)
                FolderFlush.FlushBelow(_root, _folder);
            var stored = FolderStore.DescribeNew(_key, _path);
            if (_flushedLater is not null)
                await _flushedLater.AddAsync(_path, cancellationToken).ConfigureAwait(false);
            return stored;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Writing(_path, exception);
        }
    }

    /// <summary>Disposing leaves what has come for a later run.</summary>
    public void Keep() => _isKept = true;

    public ValueTask DisposeAsync()
    {
        Discard();
        return ValueTask.CompletedTask;
    }

    /// <summary>Called with the temporary file's path before it is flushed; what it throws counts as the disk's own failure. For tests.</summary>
    public Action<string>? OnFlush { private get; init; }

    private SafeFileHandle OpenHandle => _handle ?? throw new ObjectDisposedException(_path);

    private void Flush()
    {
        OnFlush?.Invoke(_temporaryPath);
        FileFlush.ToDisk(OpenHandle);
    }

    private void Close()
    {
        _file?.Dispose();
        _handle = null;
    }

    private void Discard()
    {
        Close();
        if (_isKept || _isRenamed)
            return;
        try
        {
            File.Delete(_temporaryPath);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // Nothing more can be done; listings never show the name.
        }
    }
}
