using System.Collections.Concurrent;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>What a destination has: listed once, and then kept true by what is done there. Safe to use from many threads.</summary>
internal sealed class PublishedObjects
{
    private readonly ConcurrentDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _sent = new(StringComparer.Ordinal);

    public static async Task<PublishedObjects> ListAsync(IObjectReader destination, CancellationToken cancellationToken)
    {
        var published = new PublishedObjects();
        await foreach (var found in destination.ListDestinationAsync(new ListRequest(), cancellationToken).ConfigureAwait(false))
            published._objects[found.Key] = found;
        return published;
    }

    public StoredObject? Find(string key) => _objects.GetValueOrDefault(key);

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
}
