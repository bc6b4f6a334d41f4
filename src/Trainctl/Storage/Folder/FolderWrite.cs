using Microsoft.Win32.SafeHandles;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>A file on its way in: a temporary file beside its target, written at any offset, renamed when whole.</summary>
internal sealed class FolderWrite : IBlockWrite
{
    private readonly string _key;
    private readonly string _path;
    private readonly string _temporaryPath;
    private readonly long _size;
    private readonly PutOptions _options;
    private SafeFileHandle? _handle;

    public FolderWrite(string root, string key, string path, long size, PutOptions options)
    {
        _key = key;
        _path = path;
        _size = size;
        _options = options;
        var folder = Path.GetDirectoryName(path) ?? root;
        _temporaryPath = Path.Join(folder, TemporaryName.Create());
        try
        {
            Directory.CreateDirectory(folder);
            _handle = File.OpenHandle(_temporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous, size);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            Discard();
            throw FolderErrors.Writing(path, exception);
        }
    }

    public async Task WritePartAsync(int number, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        try
        {
            await RandomAccess.WriteAsync(OpenHandle, content, offset, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Writing(_path, exception);
        }
    }

    public void WriteBlock(long offset, ReadOnlySpan<byte> block)
    {
        try
        {
            RandomAccess.Write(OpenHandle, block, offset);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Writing(_path, exception);
        }
    }

    public Task<StoredObject> CompleteAsync(Checksum checksum, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            if (RandomAccess.GetLength(OpenHandle) != _size)
                throw new TrainctlException(TrainctlError.ChecksumMismatch, $"'{_path}' has not received all of its {_size} bytes, so it was not made visible.", _path);
            RandomAccess.FlushToDisk(OpenHandle);
            if (_options.ContentModifiedAt is { } time)
                File.SetLastWriteTimeUtc(OpenHandle, time.UtcDateTime);
            OpenHandle.Dispose();
            _handle = null;
            File.Move(_temporaryPath, _path, overwrite: true);
            return Task.FromResult(FolderStore.Describe(_key, new FileInfo(_path)));
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Writing(_path, exception);
        }
    }

    public ValueTask DisposeAsync()
    {
        Discard();
        return ValueTask.CompletedTask;
    }

    private SafeFileHandle OpenHandle => _handle ?? throw new ObjectDisposedException(_path);

    private void Discard()
    {
        _handle?.Dispose();
        _handle = null;
        try
        {
            // Gone already when it was renamed.
            File.Delete(_temporaryPath);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // Nothing more can be done; listings never show the name.
        }
    }
}
