using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Transfer.S5cmd;

namespace Trainctl.Transfer.Resuming;

/// <summary>
/// What runs that died have left and nobody will go on with: files beside their targets, and what is remembered of uploads. Only what has a name of
/// Trainctl's own and is open nowhere is removed. Never fails: what is left is found again.
/// </summary>
internal sealed class TransferLeftovers(EngineHost host)
{
    /// <summary>How long what can be gone on with is kept.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>What cannot be gone on with may belong to a process that the operating system knows nothing of: one of another machine.</summary>
    public static readonly TimeSpan ForeignPatience = TimeSpan.FromDays(1);

    /// <summary>
    /// How long an upload to another store than the one that is written to now is remembered: without it nobody would know of its parts, which that store charges for.
    /// </summary>
    public static readonly TimeSpan ElsewherePatience = TimeSpan.FromDays(365);

    private readonly List<string> _files = [];

    /// <summary>A listing has met a file with a temporary name.</summary>
    public void Found(string path) => _files.Add(path);

    /// <summary>An object is whole at its destination, so that a journal of it has nothing more to say.</summary>
    public void FoundWhole(IObjectStore destination, StoredObject found)
    {
        if (found.Size > Resumption.SmallestPart && destination is FolderStore folder && File.Exists(folder.JournalPathOf(found.Key)))
            _files.Add(folder.JournalPathOf(found.Key));
    }

    /// <summary>Looks at all that was found, and at what is remembered of uploads to a store.</summary>
    public async Task RemoveAsync(IObjectStore destination, CancellationToken cancellationToken)
    {
        RemoveFiles();
        if (host.StateDirectory is { } state && destination is IResumableStore store)
            await RemoveJournalsAsync(UploadOpener.FolderOf(state), store, cancellationToken).ConfigureAwait(false);
        await new S5cmdLeftovers(host).RemoveAsync(destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at all that was found.</summary>
    public void RemoveFiles()
    {
        foreach (var path in _files)
        {
            try
            {
                RemoveFile(path);
            }
            catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
            {
                host.Log.Debug($"'{path}' was left behind and cannot be removed: {exception.Message}");
            }
        }
    }

    private void RemoveFile(string path)
    {
        var name = Path.GetFileName(path);
        if (TemporaryName.IsJournal(name, out var partial))
            RemoveDownload(path, Path.Join(Path.GetDirectoryName(path), partial));
        else if (!TemporaryName.IsPartial(name, out var journal) || !File.Exists(Path.Join(Path.GetDirectoryName(path), journal)))
            RemoveIfDead(path);
    }

    /// <summary>A journal without its file has nothing to say: its process died between the renaming of the file and the end.</summary>
    private void RemoveDownload(string journal, string partial)
    {
        if ((File.Exists(partial) && AgeOf(journal) < Patience) || ExclusiveFile.TryOpen(journal, FileMode.Open) is not { } file)
            return;
        using var held = file;
        File.Delete(partial);
        ExclusiveFile.Delete(journal, file);
        host.Log.Debug($"'{partial}' was left behind by an earlier run and is removed.");
    }

    private void RemoveIfDead(string path)
    {
        if (AgeOf(path) < ForeignPatience || ExclusiveFile.TryOpen(path, FileMode.Open) is not { } file)
            return;
        ExclusiveFile.Delete(path, file);
        host.Log.Debug($"'{path}' was left behind by an earlier run and is removed.");
    }

    private async Task RemoveJournalsAsync(string folder, IResumableStore store, CancellationToken cancellationToken)
    {
        string[] journals;
        try
        {
            journals = Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + UploadOpener.JournalSuffix) : [];
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return;
        }

        foreach (var path in journals)
        {
            var age = AgeOf(path);
            using var journal = TransferJournal.TryOpen(path, SilentLog.Instance);
            if (journal is not null && await IsUselessAsync(journal, age, store, cancellationToken).ConfigureAwait(false))
                journal.Delete();
        }
    }

    private async Task<bool> IsUselessAsync(TransferJournal journal, TimeSpan age, IResumableStore store, CancellationToken cancellationToken)
    {
        if (journal.Head is not { } head)
            return true;
        var isOld = age >= Patience;
        if (journal.UploadId is not { } uploadId)
            return isOld;
        var root = store.IdentityOf("");
        if (!head.Destination.StartsWith(root, StringComparison.Ordinal))
            return age >= ElsewherePatience;
        var key = head.Destination[root.Length..];
        try
        {
            if (isOld)
                await store.AbortUploadAsync(new UnfinishedUpload(key, uploadId, head.StartedAt, 0), cancellationToken).ConfigureAwait(false);
            return isOld || !await store.IsUnfinishedAsync(key, uploadId, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception)
        {
            host.Log.Debug($"Whether the upload of '{store.Root.Append(key)}' is still unfinished is not known: {exception.Message}");
            return false;
        }
    }

    private TimeSpan AgeOf(string path) => host.Time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path);
}
