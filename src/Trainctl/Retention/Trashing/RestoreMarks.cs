using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Retention.Trashing;

/// <summary>
/// Empty objects beside records that say what is being brought back, so that no prune empties their folder of the trash meanwhile, or throws away again what has come
/// back. Who is killed leaves them, so they count for a day only.
/// </summary>
internal sealed class RestoreMarks(IObjectStore store, EngineHost host)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>Far below their lifetime, as a large checkpoint takes hours.</summary>
    private static readonly TimeSpan RenewalAge = TimeSpan.FromHours(1);

    /// <summary>How long their removal may take after cancellation.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>By key, when each was written.</summary>
    private readonly Dictionary<string, long> _marks = new(StringComparer.Ordinal);

    /// <summary>Whether a mark still counts.</summary>
    public static bool Counts(StoredObject mark, DateTimeOffset now) => now - mark.ModifiedAt < Lifetime;

    /// <summary>
    /// The runs with a pin on what is being brought back: until its marker is there it looks like a leftover. A mark's path is below the location of the restore, which may be another.
    /// </summary>
    public static IReadOnlyList<CheckpointRun> Pin(CheckpointCatalog catalog, DateTimeOffset now)
    {
        var paths = catalog.TrashObjects.Where(o => Counts(o, now)).Select(static o => TrashName.PathOfMark(o.Key)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (paths.Count == 0)
            return catalog.Runs;
        var pins = catalog.Units.Select(static u => u.Path).Distinct(StringComparer.Ordinal)
            .Where(path => paths.Contains(path) || paths.Any(p => path.EndsWith("/" + p, StringComparison.Ordinal) || p.EndsWith("/" + path, StringComparison.Ordinal)));
        return UnitPins.Add(catalog.Runs, pins.ToDictionary(static path => path, static _ => "it is being restored from the trash", StringComparer.Ordinal));
    }

    /// <summary>Marks what a record is about, anew where that is long ago.</summary>
    public async Task MarkAsync(StoredObject record, CancellationToken cancellationToken)
    {
        var key = TrashName.MarkOf(record.Key);
        if (_marks.TryGetValue(key, out var written) && host.Time.GetElapsedTime(written) < RenewalAge)
            return;
        await store.PutAsync(key, ReadOnlyMemory<byte>.Empty, new PutOptions(), cancellationToken).ConfigureAwait(false);
        _marks[key] = host.Time.GetTimestamp();
    }

    /// <summary>Takes all away, also after cancellation. What cannot be taken away ends by itself.</summary>
    public async Task RemoveAsync()
    {
        if (_marks.Count == 0)
            return;
        using var patience = new CancellationTokenSource(Patience, host.Time);
        try
        {
            foreach (var outcome in await store.DeleteAsync([.. _marks.Keys.Select(static k => new DeleteRequest(k))], patience.Token).ConfigureAwait(false))
            {
                if (outcome.Failure is { } failure)
                    host.Log.Debug($"'{outcome.Key}' stays, and counts for nothing after a day. {failure.Message}");
            }
        }
        catch (Exception exception) when (exception is TrainctlException or OperationCanceledException)
        {
            host.Log.Debug($"{_marks.Count} marks of this restore stay, and count for nothing after a day. {exception.Message}");
        }
    }
}
