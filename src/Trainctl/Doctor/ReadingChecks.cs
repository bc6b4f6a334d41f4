using Trainctl.Storage;

namespace Trainctl.Doctor;

/// <summary>What can be told without writing: of what is there already, if anything is.</summary>
internal sealed class ReadingChecks(Checklist list, IObjectStore store)
{
    private const string Why = "read only";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        StoredObject? some = null;
        if (!await list.TryAsync("list", true, async () => Listed(some = await FirstAsync(store, cancellationToken).ConfigureAwait(false))).ConfigureAwait(false))
        {
            list.Skip(true, "of no use before the above works", "metadata", "range");
            return;
        }

        if (some is null)
        {
            list.Skip(true, "nothing is there to be read", "metadata", "range");
        }
        else
        {
            await list.TryAsync("metadata", true, () => LookAsync(some, cancellationToken)).ConfigureAwait(false);
            if (some.Size == 0)
                list.Skip(true, "the first object is empty", "range");
            else
                await list.TryAsync("range", true, () => ReadAsync(some, cancellationToken)).ConfigureAwait(false);
        }

        if (store is IBucketStore bucket)
            await list.TryAsync("versioning", false, () => VersioningAsync(bucket, cancellationToken)).ConfigureAwait(false);
        list.Skip(true, Why, "write", "multipart", "delete");
    }

    public static async Task<StoredObject?> FirstAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        await foreach (var found in store.ListAsync(new ListRequest(), cancellationToken).ConfigureAwait(false))
            return found;
        return null;
    }

    public static Probe Listed(StoredObject? first) => new(true, first is null ? "nothing is there yet" : "objects are there", "");

    public static async Task<Probe> VersioningAsync(IBucketStore bucket, CancellationToken cancellationToken) =>
        await bucket.IsVersionedAsync(cancellationToken).ConfigureAwait(false)
            ? new Probe(true, "on: deleting hides and frees nothing", "hidden versions are removed by cleanup with --delete-hidden-versions-after")
            : new Probe(true, "off: deleting is for good", "");

    private async Task<Probe> LookAsync(StoredObject some, CancellationToken cancellationToken) =>
        await store.HeadAsync(some.Key, cancellationToken).ConfigureAwait(false) is { } found
            ? new Probe(true, found.Checksum is null ? "there, without a checksum" : "there, with a checksum", found.Checksum is null ? "what arrives cannot be proven without a manifest" : "")
            : new Probe(true, "gone meanwhile", "");

    private async Task<Probe> ReadAsync(StoredObject some, CancellationToken cancellationToken)
    {
        var stream = await store.OpenReadAsync(some.Key, new ByteRange(some.Size - 1, 1), some.ETag, cancellationToken).ConfigureAwait(false);
        await using var guard = stream.ConfigureAwait(false);
        await stream.ReadExactlyAsync(new byte[1], cancellationToken).ConfigureAwait(false);
        return new Probe(true, "the last byte of the first object", "");
    }
}
