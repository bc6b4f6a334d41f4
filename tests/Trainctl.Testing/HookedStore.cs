using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Testing;

/// <summary>A store that lets a test see, change or break what happens on the way to another store.</summary>
public sealed class HookedStore(IObjectStore inner) : IObjectStore
{
    private readonly List<string> _writes = [];
    private readonly List<string> _reads = [];
    private readonly List<IReadOnlyList<string>> _deletions = [];
    private int _heads;

    /// <summary>Called before a listing begins; may throw.</summary>
    public Action? OnListing { get; set; }

    /// <summary>Called before a listing gives a key; may throw.</summary>
    public Action<string>? OnListed { get; set; }

    /// <summary>Called before a key is written; may throw.</summary>
    public Action<string>? OnWrite { get; set; }

    /// <summary>Called before a key is read; may throw.</summary>
    public Action<string>? OnRead { get; set; }

    /// <summary>Given the content of a key that was opened; what it returns is read in its place.</summary>
    public Func<string, Stream, Stream>? OnOpened { get; set; }

    /// <summary>Called before a key is asked for by name; may throw.</summary>
    public Action<string>? OnHead { get; set; }

    /// <summary>Given what a key that was asked for by name is; what it returns is told in its place.</summary>
    public Func<StoredObject, StoredObject>? OnFound { get; set; }

    /// <summary>Called before a batch is deleted.</summary>
    public Action<IReadOnlyList<string>>? OnDelete { get; set; }

    /// <summary>Keys whose deletion the store denies.</summary>
    public ISet<string> Undeletable { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>A problem that every listing reports that comes by its key.</summary>
    public ListingProblem? Problem { get; set; }

    public IReadOnlyList<string> Writes => [.. _writes];

    public IReadOnlyList<string> Reads => [.. _reads];

    /// <summary>How many objects were asked for by name. A number, as keeping the names would be memory that tests measure.</summary>
    public int Heads => _heads;

    public IReadOnlyList<IReadOnlyList<string>> Deletions => _deletions;

    /// <summary>How many listings were begun.</summary>
    public int Listings { get; private set; }

    public ObjectUrl Root => inner.Root;

    public StoreTraits Traits => inner.Traits;

    public async IAsyncEnumerable<StoredObject> ListAsync(
        ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Listings++;
        OnListing?.Invoke();
        if (Problem is not null && (Problem.Key.StartsWith(request.Prefix, StringComparison.Ordinal) || request.Prefix.StartsWith(Problem.Key + "/", StringComparison.Ordinal)))
            request.OnProblem?.Invoke(Problem);
        await foreach (var found in inner.ListAsync(request, cancellationToken))
        {
            OnListed?.Invoke(found.Key);
            yield return found;
        }
    }

    public async Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _heads);
        OnHead?.Invoke(key);
        return await inner.HeadAsync(key, cancellationToken) is { } found ? OnFound?.Invoke(found) ?? found : null;
    }

    public async Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        lock (_reads)
            _reads.Add(key);
        OnRead?.Invoke(key);
        var content = await inner.OpenReadAsync(key, range, ifMatch, cancellationToken);
        return OnOpened?.Invoke(key, content) ?? content;
    }

    public string? RefusalOf(string key) => inner.RefusalOf(key);

    public async Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default)
    {
        OnWrite?.Invoke(key);
        var stored = await inner.PutAsync(key, content, options, cancellationToken);
        lock (_writes)
            _writes.Add(key);
        return stored;
    }

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default)
    {
        OnWrite?.Invoke(key);
        return inner.BeginMultipartAsync(key, size, options, cancellationToken);
    }

    public async Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default)
    {
        var keys = requests.Select(static r => r.Key).ToArray();
        OnDelete?.Invoke(keys);
        _deletions.Add(keys);
        var allowed = await inner.DeleteAsync([.. requests.Where(r => !Undeletable.Contains(r.Key))], cancellationToken);
        var outcomes = allowed.ToDictionary(static o => o.Key, StringComparer.Ordinal);
        return [.. keys.Select(k => outcomes.GetValueOrDefault(k) ?? new DeleteOutcome(k, new TrainctlException(TrainctlError.AccessDenied, "Denied.", k)))];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
