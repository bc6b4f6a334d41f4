using Trainctl.Storage;
using Trainctl.Storage.Memory;

namespace Trainctl.Benchmarks.Scale;

/// <summary>Memory stores with something in them.</summary>
internal static class FilledStore
{
    /// <summary>The objects of <see cref="Listings"/>.</summary>
    public static async Task<IObjectStore> DatasetAsync(ObjectUrl root, int count)
    {
        var store = new MemoryStore(root);
        foreach (var found in Listings.Of(count))
            await store.PutAsync(found.Key, ReadOnlyMemory<byte>.Empty, new PutOptions { ContentModifiedAt = found.ContentModifiedAt });
        return store;
    }
}
