using System.Collections.Concurrent;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>What a destination has: listed once, and then kept true by what is done there. Safe to use from many threads.</summary>
internal sealed class PublishedObjects
{
    private readonly ConcurrentDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _sent = new(StringComparer.Ordinal);

    /// <summary>What could not be listed, and may be there all the same.</summary>
    private readonly FolderKeys _hidden = new();

    public static async Task<PublishedObjects> ListAsync(IObjectReader destination, CancellationToken cancellationToken)
    {
        var published = new PublishedObjects();
        await foreach (var found in destination.ListDestinationAsync(new ListRequest { OnProblem = Hide }, cancellationToken).ConfigureAwait(false))
            published._objects[found.Key] = found;
        return published;

        void Hide(ListingProblem problem)
        {
            if (problem.LeavesOut)
                published._hidden.Add(problem.Key);
        }
    }

    /// <summary>
    /// Looks once more for a checkpoint where the listing could not: a manifest that nobody has seen would not go first, and vouch for what is replaced. What else
    /// could not be listed is nothing to it.
    /// </summary>
    /// <exception cref="Diagnostics.TrainctlException">It still cannot be listed.</exception>
    public async Task UncoverAsync(CheckpointUnit unit, IObjectReader destination, CancellationToken cancellationToken)
    {
        var hidden = UploadPlanner.ContentOf(unit).Select(static o => o.Key).Append(unit.ManifestKey).Where(_hidden.Reach).ToHashSet(StringComparer.Ordinal);
        if (hidden.Count == 0)
            return;
        var request = new ListRequest { Prefix = unit.IsFolder ? unit.Path + "/" : unit.Path };
        await foreach (var now in destination.ListWholeDestinationAsync(request, $"Publishing {unit.Path}", [.. hidden], cancellationToken).ConfigureAwait(false))
        {
            if (hidden.Remove(now.Key))
                _objects.TryAdd(now.Key, now);
        }

        // An index beside shards does not begin with their path.
        foreach (var key in hidden.Where(k => !k.StartsWith(request.Prefix, StringComparison.Ordinal)))
        {
            if (await destination.HeadAsync(key, cancellationToken).ConfigureAwait(false) is { } now)
                _objects.TryAdd(key, now);
        }
    }

    /// <summary>
    /// Looks again whether what is remembered of a checkpoint is still there. Whoever goes on with it hours later needs that: somebody may have pruned what
    /// had no manifest, and a manifest must not list what is gone.
    /// </summary>
    public async Task RefreshAsync(CheckpointUnit unit, IObjectReader destination, CancellationToken cancellationToken)
    {
        var remembered = Among(UploadPlanner.ContentOf(unit).Select(static o => o.Key).Append(unit.ManifestKey));
        if (remembered.Count == 0)
            return;
        var request = new ListRequest { Prefix = unit.IsFolder ? unit.Path + "/" : unit.Path };
        await foreach (var now in destination.ListDestinationAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (remembered.Remove(now.Key, out var then))
                Replace(then, now);
        }

        // An index beside shards does not begin with their path.
        foreach (var then in remembered.Values)
            Replace(then, await destination.HeadAsync(then.Key, cancellationToken).ConfigureAwait(false));
    }

    public StoredObject? Find(string key) => _objects.GetValueOrDefault(key);

    /// <summary>Paths at or below which something is: of files, of folders, and of what several files are called together, which a manifest tells.</summary>
    public IReadOnlySet<string> Paths()
    {
        var paths = _objects.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var key in _objects.Keys)
        {
            paths.UnionWith(FolderKeys.FoldersOf(key));
            if (Manifest.IsManifestKey(key))
                paths.Add(key[..^Manifest.FileName.Length]);
        }

        return paths;
    }

    /// <summary>Those of the keys that are there.</summary>
    public Dictionary<string, StoredObject> Among(IEnumerable<string> keys) =>
        keys.Select(Find).OfType<StoredObject>().ToDictionary(static o => o.Key, StringComparer.Ordinal);

    /// <summary>Keeps what arrived, with what was proven on its way: not every store will tell that again.</summary>
    public void Remember(TransferResult sent)
    {
        if (sent.Stored is not { } stored)
            return;
        var time = sent.Item.Object.ContentModifiedAt ?? sent.Item.Object.ModifiedAt;
        _objects[stored.Key] = stored with { Checksum = sent.Checksum ?? stored.Checksum, ContentModifiedAt = stored.ContentModifiedAt ?? time };
        _sent[stored.Key] = stored.Size;
    }

    public void Remember(StoredObject manifest) => _objects[manifest.Key] = manifest;

    public void Forget(string key) => _objects.TryRemove(key, out _);

    /// <summary>Whether this process put something there.</summary>
    public bool IsSent(string key) => _sent.ContainsKey(key);

    private void Replace(StoredObject then, StoredObject? now)
    {
        if (now is null)
            Forget(then.Key);
        else if (Drift.IsSeen(then, now))
            _objects[now.Key] = now;
    }
}
