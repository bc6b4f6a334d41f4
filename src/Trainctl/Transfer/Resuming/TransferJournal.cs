using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Trainctl.Diagnostics;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Folder.Flushing;

namespace Trainctl.Transfer.Resuming;

/// <summary>
/// What is remembered of one transfer in parts, so that a later run can go on with it: one line of JSON for each thing that has happened, added as it
/// happens, so that a process that dies leaves at most half a line. All of it is a hint: what it says is proven before it is used.
/// Who has it open is the only one.
/// </summary>
internal sealed class TransferJournal : IDisposable
{
    /// <summary>Longer than that, and it is no journal that would be worth reading.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, JournalPart> _parts = [];
    private readonly ITrainctlLog _log;
    private FileStream? _file;

    private TransferJournal(string path, FileStream file, ITrainctlLog log)
    {
        Path = path;
        _file = file;
        _log = log;
    }

    public string Path { get; }

    /// <summary>What was on its way; null for a new journal and for one that cannot be read.</summary>
    public JournalHead? Head { get; private set; }

    /// <summary>The store's name of the upload; null when it was never learnt.</summary>
    public string? UploadId { get; private set; }

    /// <summary>The parts that had arrived when it was opened.</summary>
    public IReadOnlyDictionary<int, JournalPart> Parts => _parts;

    /// <summary>Opens a journal or makes it. Null when somebody else has it open, or it cannot be had at all.</summary>
    public static TransferJournal? TryOpen(string path, ITrainctlLog log)
    {
        try
        {
            if (ExclusiveFile.TryOpen(path, FileMode.OpenOrCreate) is not { } file)
            {
                log.Debug($"'{path}' is in use, so what is transferred now cannot be resumed.");
                return null;
            }

            var journal = new TransferJournal(path, file, log);
            journal.Read();
            return journal;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            log.Debug($"'{path}' cannot be written, so what is transferred now cannot be resumed: {exception.Message}");
            return null;
        }
    }

    /// <summary>Forgets everything and begins with a new transfer.</summary>
    /// <returns>False when it could not be written: nothing of it is remembered then.</returns>
    public bool Begin(JournalHead head)
    {
        _parts.Clear();
        UploadId = null;
        Head = head;
        return TryWrite(file =>
        {
            file.SetLength(0);
            Append(file, head, JournalJson.Default.JournalHead);
        });
    }

    /// <summary>Remembers the store's name of the upload, also over a loss of power.</summary>
    public bool Add(string uploadId)
    {
        UploadId = uploadId;
        return TryWrite(file =>
        {
            Append(file, new JournalLine { Upload = uploadId }, JournalJson.Default.JournalLine);
            FileFlush.ToDisk(file.SafeFileHandle);
            FolderFlush.Flush(System.IO.Path.GetDirectoryName(Path)!);
        });
    }

    /// <summary>Remembers a part. May be called from many threads.</summary>
    public void Add(JournalPart part) => TryWrite(file => Append(file, new JournalLine { Part = part }, JournalJson.Default.JournalLine));

    /// <summary>Removes it: there is nothing to go on with.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            if (_file is { } file)
                ExclusiveFile.Delete(Path, file);
            _file = null;
        }
    }

    /// <summary>Leaves it for a later run.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Read()
    {
        var file = _file!;
        if (file.Length is 0 or > MaxBytes)
            return;
        var content = new byte[file.Length];
        file.ReadExactly(content);
        var position = 0;
        try
        {
            for (int end; (end = content.AsSpan(position).IndexOf((byte)'\n')) >= 0; position += end + 1)
                Take(content.AsSpan(position, end));
        }
        catch (JsonException exception)
        {
            _log.Debug($"'{Path}' cannot be read from byte {position} on, so what follows is not used: {exception.Message}");
        }

        // Whatever follows the last good line must not become the beginning of the next one. Setting the same length would make the file younger, and its age counts.
        if (position < file.Length)
            file.SetLength(position);
        file.Position = position;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (Head is null)
        {
            var head = JsonSerializer.Deserialize(line, JournalJson.Default.JournalHead);
            Head = head is { IsValid: true } ? head : throw new JsonException("It is no journal of this version.");
            return;
        }

        var next = JsonSerializer.Deserialize(line, JournalJson.Default.JournalLine) ?? throw new JsonException("A line holds nothing.");
        UploadId = next.Upload ?? UploadId;
        if (next.Part is { } part)
            _parts[part.Number] = part;
    }

    private bool TryWrite(Action<FileStream> write)
    {
        lock (_gate)
        {
            if (_file is null)
                return false;
            try
            {
                write(_file);
                return true;
            }
            catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
            {
                _log.Debug($"'{Path}' cannot be written, so less can be resumed later: {exception.Message}");
                return false;
            }
        }
    }

    private static void Append<T>(FileStream file, T line, JsonTypeInfo<T> type) => file.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, type), (byte)'\n']);
}
