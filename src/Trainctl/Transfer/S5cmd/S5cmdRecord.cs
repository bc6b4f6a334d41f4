using System.Text.Json;
using System.Text.Json.Serialization;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Transfer.S5cmd;

/// <summary>
/// What one run of s5cmd has in its hands, in the state directory, so that a later run can remove what is left of it when this process dies. One line of
/// JSON for each object, written before s5cmd hears of it. Who has it open is the one that s5cmd works for.
/// </summary>
internal sealed class S5cmdRecord : IDisposable
{
    public const string Suffix = ".s5cmd";
    private const int Digits = 16;

    /// <summary>Longer than that, and it is none.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly ITrainctlLog _log;
    private FileStream? _file;

    private S5cmdRecord(string path, FileStream file, ITrainctlLog log)
    {
        _path = path;
        _file = file;
        _log = log;
    }

    public static string FolderOf(string stateDirectory) => Path.Join(stateDirectory, "s5cmd");

    /// <summary>Begins one. Null where nothing is remembered, or nothing can be.</summary>
    public static S5cmdRecord? TryBegin(EngineHost host, S5cmdRecordHead head)
    {
        if (host.StateDirectory is not { } state)
            return null;
        var path = Path.Join(FolderOf(state), RandomDigits.Create(Digits) + Suffix);
        try
        {
            PrivateFile.MakeFolder(FolderOf(state));
            if (ExclusiveFile.TryOpen(path, FileMode.CreateNew) is not { } file)
            {
                // Nobody could tell later whether this process lives.
                File.Delete(path);
                return null;
            }

            var record = new S5cmdRecord(path, file, host.Log);
            record.Append(JsonSerializer.SerializeToUtf8Bytes(head, S5cmdRecordJson.Default.S5cmdRecordHead));
            return record;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            host.Log.Debug($"'{path}' cannot be written, so what s5cmd leaves if this process dies will not be known: {exception.Message}");
            return null;
        }
    }

    /// <summary>Opens what a process that is dead has left. Null when it lives, or there is nothing to read.</summary>
    public static S5cmdRecord? TryOpenDead(string path, ITrainctlLog log) =>
        ExclusiveFile.TryOpen(path, FileMode.Open) is { } file ? new S5cmdRecord(path, file, log) : null;

    /// <summary>Remembers an object: its key at a bucket, or the path of its temporary file. May be called from many threads.</summary>
    public void Add(string name) => Append(JsonSerializer.SerializeToUtf8Bytes(name, S5cmdRecordJson.Default.String));

    /// <summary>Says that s5cmd works still: what it begins later than that and a while is not its own.</summary>
    public void Touch(DateTimeOffset now)
    {
        lock (_gate)
        {
            try
            {
                if (_file is { } file)
                    File.SetLastWriteTimeUtc(file.SafeFileHandle, now.UtcDateTime);
            }
            catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
            {
                _log.Debug($"'{_path}' cannot be written: {exception.Message}");
            }
        }
    }

    /// <summary>All that is remembered; null when it cannot be read from the start. What follows a damaged line is left out.</summary>
    public (S5cmdRecordHead Head, IReadOnlyList<string> Names)? Read()
    {
        if (_file is not { Length: > 0 and <= MaxBytes } file)
            return null;
        var content = new byte[file.Length];
        file.Position = 0;
        file.ReadExactly(content);
        S5cmdRecordHead? head = null;
        var names = new List<string>();
        var position = 0;
        try
        {
            for (int end; (end = content.AsSpan(position).IndexOf((byte)'\n')) >= 0; position += end + 1)
            {
                var line = content.AsSpan(position, end);
                if (head is null)
                    head = JsonSerializer.Deserialize(line, S5cmdRecordJson.Default.S5cmdRecordHead);
                else if (JsonSerializer.Deserialize(line, S5cmdRecordJson.Default.String) is { } name)
                    names.Add(name);
            }
        }
        catch (JsonException exception)
        {
            _log.Debug($"'{_path}' cannot be read from byte {position} on: {exception.Message}");
        }

        return head is { Version: S5cmdRecordHead.CurrentVersion } ? (head, names) : null;
    }

    /// <summary>Removes it: nothing is left.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            if (_file is { } file)
                ExclusiveFile.Delete(_path, file);
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

    private void Append(byte[] line)
    {
        lock (_gate)
        {
            try
            {
                _file?.Write([.. line, (byte)'\n']);
            }
            catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
            {
                _log.Debug($"'{_path}' cannot be written, so what s5cmd leaves if this process dies will not all be known: {exception.Message}");
            }
        }
    }
}

/// <summary>The first line of a record.</summary>
internal sealed record S5cmdRecordHead
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Names the bucket and the prefix that keys are below; null where objects go to a folder.</summary>
    public string? Bucket { get; init; }

    /// <summary>The unfinished uploads of the keys that were there before, which belong to somebody else.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>By this machine's clock, as the time of the record's file.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How far the store's clock, which uploads have their times of, was ahead of this machine's.</summary>
    public TimeSpan ClockDifference { get; init; }

    /// <param name="store">Where objects go.</param>
    /// <param name="others">Uploads that were there before.</param>
    public S5cmdRecordHead ForUploads(IResumableStore store, IEnumerable<string> others) => this with
    {
        Bucket = store.IdentityOf(""),
        Others = [.. others],
        ClockDifference = (store as INetworkStore)?.ClockDifference ?? TimeSpan.Zero,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(S5cmdRecordHead))]
[JsonSerializable(typeof(string))]
internal sealed partial class S5cmdRecordJson : JsonSerializerContext;
