using Microsoft.Win32.SafeHandles;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>Exactly the bytes of one range of a file. A file that is shorter than promised is an error and not an end.</summary>
internal sealed class FileRangeStream : Stream
{
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private readonly ByteRange _range;
    private long _position;

    public FileRangeStream(string path, ByteRange range)
    {
        _path = path;
        _range = range;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (range.Offset < 0 || range.End > RandomAccess.GetLength(_handle))
        {
            _handle.Dispose();
            throw Shorter();
        }

        if (range.Length == 0 && IsFilledThoughEmpty())
        {
            _handle.Dispose();
            throw FolderErrors.UnknownLength(path);
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _range.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    // The system has no other way to read a file: .NET would have another thread do the same, and that costs a switch to and fro for each block.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        try
        {
            return new ValueTask<int>(Read(buffer.Span));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<int>(FolderErrors.IsFileSystemError(exception) ? FolderErrors.Reading(_path, exception) : exception);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, _range.Length - _position);
        return wanted == 0 ? 0 : Advance(RandomAccess.Read(_handle, buffer[..wanted], _range.Offset + _position));
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _handle.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What the system makes when it is read has no length: files below <c>/proc</c>, and those of some file systems of users.</summary>
    private bool IsFilledThoughEmpty()
    {
        Span<byte> first = stackalloc byte[1];
        return RandomAccess.GetLength(_handle) == 0 && RandomAccess.Read(_handle, first, 0) > 0 && RandomAccess.GetLength(_handle) == 0;
    }

    private int Advance(int read)
    {
        if (read == 0)
            throw Shorter();
        _position += read;
        return read;
    }

    private TrainctlException Shorter() => new(
        TrainctlError.ChangedDuringTransfer, $"'{_path}' is shorter than it was when it was listed. Run again when nothing writes to it.", _path);
}
