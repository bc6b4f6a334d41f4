using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Transfer;

namespace Trainctl.Doctor;

/// <summary>The objects of one examination, below a name that nobody else has; all of them go again.</summary>
internal sealed class ProbeObjects(IObjectStore store)
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _uploadIds = new(StringComparer.Ordinal);

    public static byte[] Content { get; } = Encoding.UTF8.GetBytes("Written by trainctl doctor, which removes it again.\n");

    /// <summary>With odd ticks, to see what becomes of them.</summary>
    public static DateTimeOffset Time { get; } = new(new DateTime(2023, 11, 14, 22, 13, 20, DateTimeKind.Utc).AddTicks(1234567));

    public string Prefix { get; } = $".trainctl-doctor-{RandomDigits.Create(16)}/";

    /// <summary>Key of the uploads that are begun and never completed.</summary>
    public string Parts => Prefix + "parts";

    /// <summary>A key that will be looked after, from before anything is written to it.</summary>
    public string Key(string name)
    {
        _keys.Add(Prefix + name);
        return Prefix + name;
    }

    public async Task<StoredObject> PutAsync(string name, CancellationToken cancellationToken)
    {
        var isNew = !_keys.Contains(Prefix + name);
        try
        {
            return await store.PutAsync(Key(name), Content, new PutOptions { ContentModifiedAt = Time, Checksum = Crc64.Of(Content) }, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (isNew && IsRefusal(exception.Error))
        {
            // Certainly not written, which cannot always be seen.
            _keys.Remove(Prefix + name);
            throw;
        }
    }

    /// <summary>Whether an upload could not be aborted, so that another one would be left behind too.</summary>
    public bool KeepsUploads { get; private set; }

    /// <summary>Begins an upload that is never completed, and will be looked after where it has a name.</summary>
    public async Task<IMultipartWrite> BeginUploadAsync(CancellationToken cancellationToken)
    {
        if (store is not IResumableStore bucket)
            return await store.BeginMultipartAsync(Parts, Content.Length, new PutOptions(), cancellationToken).ConfigureAwait(false);
        var write = await bucket.BeginResumableAsync(Parts, Content.Length, new PutOptions(), cancellationToken).ConfigureAwait(false);
        _uploadIds.Add(write.UploadId);
        return write;
    }

    /// <summary>What the store lists such an upload as; null where it has no name.</summary>
    public UnfinishedUpload? Listed(IMultipartWrite write) => write is IResumableWrite begun ? UploadOf(begun.UploadId) : null;

    /// <summary>Aborts it. Disposing does so too, and only logs that it could not be done.</summary>
    public async Task AbortAsync(IMultipartWrite write, CancellationToken cancellationToken)
    {
        if (write is not IResumableWrite begun || store is not IBucketStore bucket)
            return;
        try
        {
            await bucket.AbortUploadAsync(UploadOf(begun.UploadId), cancellationToken).ConfigureAwait(false);
            _uploadIds.Remove(begun.UploadId);
        }
        catch (TrainctlException exception)
        {
            KeepsUploads = true;
            begun.Keep();
            throw new TrainctlException(
                exception.Error, $"{exception.Message} Uploads that fail leave parts behind, which cost storage: allow s3:AbortMultipartUpload.", exception.Subject, exception);
        }
    }

    /// <summary>Removes everything, in a versioned bucket the versions too, and looks twice: a write that was cancelled may come late.</summary>
    /// <returns>What is still there, or may be.</returns>
    public async Task<IReadOnlyList<string>> RemoveAsync(CancellationToken cancellationToken)
    {
        if (_keys.Count == 0)
            return [];
        var left = await store.DeleteAsync([.. _keys.Select(static key => new DeleteRequest(key))], cancellationToken).ConfigureAwait(false);
        var found = await TryAsync(() => ListAsync(cancellationToken)).ConfigureAwait(false);
        if (found is { Count: > 0 })
            left = await store.DeleteAsync([.. found.Union(_keys).Select(static key => new DeleteRequest(key))], cancellationToken).ConfigureAwait(false);
        var leftovers = new List<string>();
        foreach (var outcome in left.Where(static outcome => outcome.Failure is not null))
        {
            // Who may not delete may not have been allowed to write either.
            if (await IsThereAsync(outcome.Key, cancellationToken).ConfigureAwait(false))
                leftovers.Add(outcome.Key);
        }

        if (store is FolderStore)
            FolderDeletion.RemoveEmptyFolders(store.Root.Path, Path.Combine(store.Root.Path, Prefix.TrimEnd('/')));
        if (store is IBucketStore bucket)
            leftovers.AddRange(await RemoveHiddenAsync(bucket, cancellationToken).ConfigureAwait(false));
        return leftovers;
    }

    private async Task<IReadOnlyList<string>> RemoveHiddenAsync(IBucketStore bucket, CancellationToken cancellationToken)
    {
        var left = new List<string>();
        var versions = await TryAsync(() => AllAsync(bucket.ListHiddenVersionsAsync(Prefix, cancellationToken))).ConfigureAwait(false);
        if (versions is { Count: > 0 })
        {
            var outcomes = await bucket.DeleteVersionsAsync(versions, cancellationToken).ConfigureAwait(false);
            left.AddRange(outcomes.Where(static o => o.Failure is not null).Select(static o => o.Key + " (a hidden version)"));
        }

        var uploads = await TryAsync(() => AllAsync(
            bucket is IResumableStore store ? store.ListUploadsOfAsync(Parts, cancellationToken) : bucket.ListUnfinishedUploadsAsync(Prefix, cancellationToken))).ConfigureAwait(false);
        // Those that may not be listed are known by their names.
        foreach (var upload in (uploads ?? []).UnionBy(_uploadIds.Select(UploadOf), static u => u.UploadId))
        {
            if (!await TryAsync(() => AbortAsync(bucket, upload, cancellationToken)).ConfigureAwait(false))
                left.Add($"{upload.Key} (an unfinished upload)");
        }

        return left;
    }

    private UnfinishedUpload UploadOf(string uploadId) => new(Parts, uploadId, StartedAt: null, Bytes: 0);

    private static bool IsRefusal(TrainctlError error) => error is TrainctlError.AccessDenied or TrainctlError.CredentialsRejected or TrainctlError.StoreRejected;

    private async Task<bool> IsThereAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return await store.HeadAsync(key, cancellationToken).ConfigureAwait(false) is not null;
        }
        catch (TrainctlException exception)
        {
            return exception.Error is not TrainctlError.StoreNotFound;
        }
    }

    private Task<List<string>> ListAsync(CancellationToken cancellationToken) =>
        AllAsync(store.ListAsync(new ListRequest { Prefix = Prefix }, cancellationToken).Select(static found => found.Key));

    private static async Task<bool> AbortAsync(IBucketStore bucket, UnfinishedUpload upload, CancellationToken cancellationToken)
    {
        await bucket.AbortUploadAsync(upload, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static async Task<List<T>> AllAsync<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items.ConfigureAwait(false))
            all.Add(item);
        return all;
    }

    /// <summary>Looking is not always allowed or offered; what is known without is removed anyhow.</summary>
    private static async Task<T?> TryAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (TrainctlException)
        {
            return default;
        }
    }
}
