using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Storage.S3;
using Trainctl.Testing;

namespace Trainctl.Tests.Transfer.S5cmd;

/// <summary>
/// A bucket that a script can move objects to and from: each object is a file, its metadata are the lines of a file beside it with '.meta' at its end.
/// Small objects only.
/// </summary>
internal sealed class FileBucket(TemporaryFolder folder) : IObjectStore, IForeignAccess
{
    public const string Name = "bucket";
    public const string Secret = "secret-that-nobody-may-see";

    public string Path { get; } = folder.Combine("bucket");

    /// <summary>Makes of a true ETag another, as keys of a key service do.</summary>
    public Func<string, string> TagAs { get; set; } = static etag => etag;

    /// <summary>Whether deletions are denied.</summary>
    public bool IsUndeletable { get; set; }

    public ObjectUrl Root { get; } = ObjectUrl.Parse($"s3://{Name}/run");

    public StoreTraits Traits => MemoryStore.S3Traits;

    public Uri? Endpoint { get; init; } = new("http://localhost:1");

    public string Region => "nowhere-1";

    public bool PathStyle { get; init; } = true;

    public string? Peculiarity { get; init; }

    public string FullKey(string key) => "run/" + key;

    public string ContentTypeOf(string key, bool inParts) => "text/plain; charset=utf-8";

    public Task<ForeignCredentials> CredentialsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ForeignCredentials("id", Secret, "token"));

    public async IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var root = System.IO.Path.Join(Path, "run");
        if (!Directory.Exists(root))
            yield break;
        var keys = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(static f => !f.EndsWith(".meta", StringComparison.Ordinal))
            .Select(f => System.IO.Path.GetRelativePath(root, f)).Order(KeyOrder.Instance).ToArray();
        foreach (var key in keys)
            yield return (await HeadAsync(key, cancellationToken))! with { ContentModifiedAt = null, Checksum = null, ContentMd5 = null };
    }

    public async Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(FileOf(key)))
            return null;
        var content = await File.ReadAllBytesAsync(FileOf(key), cancellationToken);
        var metadata = File.Exists(FileOf(key) + ".meta")
            ? (await File.ReadAllLinesAsync(FileOf(key) + ".meta", cancellationToken)).Select(static l => l.Split('=', 2)).ToDictionary(static l => l[0], static l => l[1])
            : [];
#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: ETags are MD5
        var etag = TagAs(Convert.ToHexStringLower(MD5.HashData(content)));
#pragma warning restore CA5351
        return new StoredObject
        {
            Key = key,
            Size = content.Length,
            ModifiedAt = File.GetLastWriteTimeUtc(FileOf(key)),
            ETag = etag,
            ContentMd5 = ObjectMetadata.Md5Of(etag, null),
            ContentModifiedAt = ObjectMetadata.ParseTime(metadata.GetValueOrDefault(ObjectMetadata.TimeName)),
            Checksum = ObjectMetadata.ParseChecksum(metadata.GetValueOrDefault(ObjectMetadata.ChecksumName)),
        };
    }

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        Task.FromResult<Stream>(File.OpenRead(FileOf(key)));

    public string? RefusalOf(string key) => null;

    public async Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(FileOf(key))!);
        await File.WriteAllBytesAsync(FileOf(key), content, cancellationToken);
        await File.WriteAllTextAsync(
            FileOf(key) + ".meta",
            $"{ObjectMetadata.TimeName}={ObjectMetadata.FormatTime(options.ContentModifiedAt!.Value)}\n{ObjectMetadata.ChecksumName}={options.Checksum}\n",
            cancellationToken);
        return (await HeadAsync(key, cancellationToken))!;
    }

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default)
    {
        if (IsUndeletable)
            return Task.FromResult<IReadOnlyList<DeleteOutcome>>([.. requests.Select(static r => new DeleteOutcome(r.Key, new TrainctlException(TrainctlError.AccessDenied, "Denied.", r.Key)))]);
        foreach (var request in requests)
            File.Delete(FileOf(request.Key));
        return Task.FromResult<IReadOnlyList<DeleteOutcome>>([.. requests.Select(static r => new DeleteOutcome(r.Key, null))]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string FileOf(string key) => System.IO.Path.Join(Path, FullKey(key));
}

/// <summary>Remembers everything that is said, and how loud.</summary>
internal sealed class RecordingLog : ITrainctlLog
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public void Debug(string message) => Add("debug: " + message);

    public void Info(string message) => Add("info: " + message);

    public void Warning(string message) => Add("warning: " + message);

    private void Add(string line)
    {
        lock (_lines)
            _lines.Add(line);
    }
}
