using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Testing;

/// <summary>A store that fails half of the time, by a schedule that its seed decides: before it has done what was asked, or after it.</summary>
public sealed class FlakyStore(IObjectStore inner, int seed) : IObjectStore
{
#pragma warning disable CA5394 // Do not use insecure randomness: a schedule must be repeatable
    private readonly Random _random = new(seed);
    private int _failures;

    /// <summary>How many times it has failed.</summary>
    public int Failures => _failures;

    public ObjectUrl Root => inner.Root;

    public StoreTraits Traits => inner.Traits;

    public async IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var fails = Next() != Fate.Success;
        await foreach (var found in inner.ListAsync(request, cancellationToken))
        {
            yield return found;
            if (fails)
                break;
        }

        if (fails)
            throw Failure("listing");
    }

    public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => TryAsync(() => inner.HeadAsync(key, cancellationToken), key);

    public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        TryAsync(() => inner.OpenReadAsync(key, range, ifMatch, cancellationToken), key);

    public string? RefusalOf(string key) => inner.RefusalOf(key);

    public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default) =>
        TryAsync(() => inner.PutAsync(key, content, options, cancellationToken), key);

    public Task<IMultipartWrite> BeginMultipartAsync(string key, long size, PutOptions options, CancellationToken cancellationToken = default) =>
        TryAsync(() => inner.BeginMultipartAsync(key, size, options, cancellationToken), key);

    public Task<IReadOnlyList<DeleteOutcome>> DeleteAsync(IReadOnlyList<DeleteRequest> requests, CancellationToken cancellationToken = default) =>
        TryAsync(() => inner.DeleteAsync(requests, cancellationToken), requests[0].Key);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<T> TryAsync<T>(Func<Task<T>> work, string key)
    {
        var fate = Next();
        if (fate == Fate.FailureBefore)
            throw Failure(key);
        var result = await work();
        return fate == Fate.FailureAfter ? throw Failure(key) : result;
    }

    private Fate Next()
    {
        lock (_random)
            return (Fate)_random.Next(4) is var fate && fate == Fate.SuccessToo ? Fate.Success : fate;
    }

    private TrainctlException Failure(string subject)
    {
        Interlocked.Increment(ref _failures);
        return new TrainctlException(TrainctlError.StoreUnavailable, $"'{subject}' failed as the schedule says.", subject);
    }

    private enum Fate
    {
        Success,
        SuccessToo,
        FailureBefore,
        FailureAfter,
    }
}
