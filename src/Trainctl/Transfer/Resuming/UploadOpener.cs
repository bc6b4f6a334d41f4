using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Hashing;

namespace Trainctl.Transfer.Resuming;

/// <summary>Takes up the upload that an earlier run has left, or begins one that a later run can take up.</summary>
internal sealed class UploadOpener(EngineHost host)
{
    public const string JournalSuffix = ".upload";

    /// <summary>How far a store's clock may be from this machine's.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);

    /// <summary>Where the journal of an upload is; null when nothing is remembered.</summary>
    public string? JournalPathOf(string destination) => host.StateDirectory is { } folder
        ? Path.Join(FolderOf(folder), ShortSha256.OfText(destination)[..32] + JournalSuffix)
        : null;

    public static string FolderOf(string stateDirectory) => Path.Join(stateDirectory, "uploads");

    /// <summary>Null where it cannot be resumed: an ordinary transfer then does it.</summary>
    public async Task<PartOpening?> TryOpenAsync(TransferItem item, StoredObject found, PutOptions options, long partSize, CancellationToken cancellationToken)
    {
        if (item.Destination is not IResumableStore store || ContentIdentity.Of(item, found, options, store.WriteConditions) is not { } content
            || JournalPathOf(store.IdentityOf(item.Key)) is not { } path || !TryMakeFolder(path)
            || TransferJournal.TryOpen(path, host.Log) is not { } journal)
        {
            return null;
        }

        try
        {
            var head = new JournalHead
            {
                Destination = store.IdentityOf(item.Key),
                Content = content,
                Source = item.Source.Root.Append(found.Key).ToString(),
                Size = found.Size,
                PartSize = partSize,
                StartedAt = host.Time.GetUtcNow(),
            };
            return await ResumeAsync(store, item, options, journal, head, cancellationToken).ConfigureAwait(false)
                ?? await BeginAsync(store, item, options, journal, head, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    private async Task<PartOpening?> ResumeAsync(
        IResumableStore store, TransferItem item, PutOptions options, TransferJournal journal, JournalHead head, CancellationToken cancellationToken)
    {
        if (journal.Head is not { } earlier || earlier.Destination != head.Destination)
            return null;
        if (earlier.Content != head.Content || earlier.Size != head.Size || journal.UploadId is not { } uploadId)
        {
            await ForgetAsync(store, item.Key, journal, earlier, cancellationToken).ConfigureAwait(false);
            return null;
        }

        if (await store.ResumeAsync(item.Key, head.Size, options, uploadId, cancellationToken).ConfigureAwait(false) is { } write)
            return new PartOpening(new ResumableUpload(write, journal, earlier.PartSize, host, UrlOf(item)), null);
        if (await FindCompletedAsync(store, item.Key, options, earlier, cancellationToken).ConfigureAwait(false) is not { } stored)
            return null;
        journal.Delete();
        host.Log.Debug($"'{UrlOf(item)}' was completed by an earlier run that did not live to say so.");
        return new PartOpening(null, stored);
    }

    private async Task<PartOpening?> BeginAsync(
        IResumableStore store, TransferItem item, PutOptions options, TransferJournal journal, JournalHead head, CancellationToken cancellationToken)
    {
        // Written before the store is asked: whoever dies before the answer leaves a hint at an upload whose name he did not learn.
        if (!journal.Begin(head))
        {
            journal.Delete();
            return null;
        }

        IResumableWrite write;
        try
        {
            write = await store.BeginResumableAsync(item.Key, head.Size, options, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (exception.Error != TrainctlError.StoreUnavailable)
        {
            journal.Delete();
            throw;
        }

        if (journal.Add(write.UploadId))
            return new PartOpening(new ResumableUpload(write, journal, head.PartSize, host, UrlOf(item)), null);
        journal.Delete();
        return new PartOpening(new PartTransfer(write, head.PartSize), null);
    }

    /// <summary>The object, where an upload that is gone was completed, and not aborted by somebody: proven as its completion would have been.</summary>
    private static async Task<StoredObject?> FindCompletedAsync(
        IResumableStore store, string key, PutOptions options, JournalHead earlier, CancellationToken cancellationToken) =>
        await store.HeadAsync(key, cancellationToken).ConfigureAwait(false) is { Checksum: { } kept } stored
        && kept == options.Checksum && stored.Size == earlier.Size && stored.StorageClass == options.StorageClass
        && stored.ContentModifiedAt == options.ContentModifiedAt && stored.ModifiedAt >= earlier.StartedAt - ClockSkew
            ? stored
            : null;

    /// <summary>
    /// Aborts what an earlier run has begun and nobody will go on with. One whose name was never learnt has no part, and was begun since the run began.
    /// </summary>
    private async Task ForgetAsync(IResumableStore store, string key, TransferJournal journal, JournalHead earlier, CancellationToken cancellationToken)
    {
        try
        {
            if (journal.UploadId is { } uploadId)
            {
                await store.AbortUploadAsync(new UnfinishedUpload(key, uploadId, earlier.StartedAt, 0), cancellationToken).ConfigureAwait(false);
                return;
            }

            await foreach (var upload in store.ListUploadsOfAsync(key, cancellationToken).ConfigureAwait(false))
            {
                if (upload.Bytes == 0 && upload.StartedAt >= earlier.StartedAt - ClockSkew)
                    await store.AbortUploadAsync(upload, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (TrainctlException exception)
        {
            host.Log.Warning(
                $"An earlier upload of '{store.Root.Append(key)}' was left unfinished and could not be removed ({exception.Message}). Its parts cost storage until a prune with leftovers removes them.");
        }
    }

    private bool TryMakeFolder(string path)
    {
        try
        {
            PrivateFile.MakeFolder(Path.GetDirectoryName(path)!);
            return true;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            host.Log.Debug($"'{path}' cannot be made, so uploads cannot be resumed: {exception.Message}");
            return false;
        }
    }

    private static string UrlOf(TransferItem item) => item.Destination.Root.Append(item.Key).ToString();
}
