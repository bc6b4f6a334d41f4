using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Transfer.Resuming;

namespace Trainctl.Transfer.S5cmd;

/// <summary>Removes what is left of runs of s5cmd whose Trainctl died, by their records. Never fails: what is left is found again.</summary>
internal sealed class S5cmdLeftovers(EngineHost host)
{
    /// <summary>How much more a clock may have gone wrong, or been set right, while s5cmd was at work.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);

    public async Task RemoveAsync(IObjectStore destination, CancellationToken cancellationToken)
    {
        if (host.StateDirectory is not { } state)
            return;
        foreach (var path in RecordsIn(S5cmdRecord.FolderOf(state)))
        {
            try
            {
                var lastAlive = File.GetLastWriteTimeUtc(path);
                using var record = S5cmdRecord.TryOpenDead(path, host.Log);
                var isOld = host.Time.GetUtcNow().UtcDateTime - lastAlive >= TransferLeftovers.Patience;
                if (record is not null && (await IsDoneAsync(record, lastAlive, destination, cancellationToken).ConfigureAwait(false) || isOld))
                    record.Delete();
            }
            catch (Exception exception) when (exception is TrainctlException || FolderErrors.IsFileSystemError(exception))
            {
                host.Log.Debug($"What '{path}' tells of an earlier run of s5cmd could not be removed: {exception.Message}");
            }
        }
    }

    private static string[] RecordsIn(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + S5cmdRecord.Suffix) : [];
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return [];
        }
    }

    /// <summary>Whether nothing is left of what a record tells of.</summary>
    private async Task<bool> IsDoneAsync(S5cmdRecord record, DateTime lastAlive, IObjectStore destination, CancellationToken cancellationToken)
    {
        if (record.Read() is not var (head, names))
            return true;
        if (head.Bucket is null)
        {
            RemoveFiles(names);
            return true;
        }

        if (destination is not IResumableStore store || !head.Bucket.StartsWith(store.IdentityOf(""), StringComparison.Ordinal))
            return false;
        var below = head.Bucket[store.IdentityOf("").Length..];
        var window = (head.StartedAt + head.ClockDifference - ClockSkew, lastAlive + head.ClockDifference + ClockSkew);
        await AbortAsync(store, [.. names.Select(n => below + n)], head.Others, window, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private void RemoveFiles(IReadOnlyList<string> paths)
    {
        foreach (var path in paths)
        {
            if (!TemporaryName.Matches(Path.GetFileName(path.AsSpan())) || !Path.IsPathFullyQualified(path) || !Directory.Exists(Path.GetDirectoryName(path)))
                continue;
            ForeignFile.Remove(path);
            host.Log.Debug($"What s5cmd left at '{path}' when an earlier run died is removed.");
        }
    }

    private async Task AbortAsync(
        IResumableStore store, string[] keys, IReadOnlyList<string> others, (DateTimeOffset From, DateTimeOffset To) window, CancellationToken cancellationToken)
    {
        var uploads = new UnfinishedUploads(store, keys, host);
        var found = await uploads.ListAsync(keys, cancellationToken).ConfigureAwait(false);
        await uploads.AbortAsync(found.Where(u => !others.Contains(u.UploadId) && u.StartedAt >= window.From && u.StartedAt <= window.To), cancellationToken).ConfigureAwait(false);
    }
}
