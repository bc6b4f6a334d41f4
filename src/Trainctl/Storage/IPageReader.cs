namespace Trainctl.Storage;

/// <summary>A store that tells of many neighbouring objects in answer to one request.</summary>
internal interface IPageReader
{
    /// <summary>What is behind a key right now, as one request sees it; null where the store does not begin in the middle.</summary>
    /// <param name="key">Relative to the store's root; need not be an object's.</param>
    /// <param name="most">Objects, at most a thousand.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<NeighbourPage?> PageAfterAsync(string key, int most, CancellationToken cancellationToken);
}

/// <summary>Objects that follow each other, none left out.</summary>
/// <param name="After">What they begin behind.</param>
/// <param name="Objects">In the order of keys.</param>
/// <param name="IsLast">Whether there is none behind them.</param>
internal sealed record NeighbourPage(string After, IReadOnlyList<StoredObject> Objects, bool IsLast)
{
    /// <summary>Whether the page would show a key, were it there.</summary>
    public bool Covers(string key) =>
        KeyOrder.Compare(key, After) > 0 && (IsLast || (Objects.Count > 0 && KeyOrder.Compare(key, Objects[^1].Key) <= 0));
}
