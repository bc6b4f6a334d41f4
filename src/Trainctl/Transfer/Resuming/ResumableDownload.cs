using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Transfer.Resuming;

/// <summary>A file that grows beside its target over any number of runs. What is there is read again and proven before it counts.</summary>
internal sealed class ResumableDownload : PartTransfer
{
    private readonly FolderWrite _write;
    private readonly TransferJournal _journal;
    private readonly EngineHost _host;
    private readonly string _target;
    private readonly string? _renamed;
    private long _bytesHere;
    private bool _isKept;

    private ResumableDownload(FolderWrite write, TransferJournal journal, long partSize, EngineHost host, string target, string? renamed)
        : base(write, partSize)
    {
        _renamed = renamed;
        _write = write;
        _journal = journal;
        _host = host;
        _target = target;
    }

    /// <summary>Null where it cannot be resumed: an ordinary transfer then does it.</summary>
    public static ResumableDownload? TryOpen(TransferItem item, StoredObject found, PutOptions options, long partSize, EngineHost host)
    {
        // A file that is near is read again as fast as its copy is proven.
        if (item.Source.Traits.IsLocal || item.Destination is not FolderStore folder || found.ETag is null
            || ContentIdentity.Of(item, found, options, "") is not { } content)
        {
            return null;
        }

        var path = folder.JournalPathOf(item.Key);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return null;
        }

        if (TransferJournal.TryOpen(path, host.Log) is not { } journal)
            return null;
        var head = new JournalHead
        {
            Destination = item.Key,
            Content = content,
            Source = item.Source.Root.Append(found.Key).ToString(),
            Size = found.Size,
            PartSize = partSize,
            StartedAt = host.Time.GetUtcNow(),
        };
        var isResumed = journal.Head is { } earlier && earlier.Destination == head.Destination && earlier.Content == content && earlier.Size == found.Size;
        if (!isResumed && !(TryForget(path) && journal.Begin(head)))
        {
            journal.Delete();
            return null;
        }

        try
        {
            var target = item.Destination.Root.Append(item.Key).ToString();
            if (isResumed)
                host.Log.Debug($"'{target}' goes on with what an earlier run has left: {HumanText.Count(journal.Parts.Count, "part")}, if they are whole.");
            // A run that died between the renaming of its file and the end has left all of it, under the name that it was for.
            var renamed = isResumed ? folder.RenamedPartialOf(item.Key) : null;
            return new ResumableDownload(folder.BeginPartial(item.Key, found.Size, options), journal, journal.Head!.PartSize, host, target, renamed);
        }
        catch
        {
            if (isResumed)
                journal.Dispose();
            else
                journal.Delete();
            throw;
        }
    }

    public override async Task<Checksum> MoveAsync(TransferItem item, StoredObject found, ObjectPart part, CancellationToken cancellationToken)
    {
        if (!(_journal.Parts.TryGetValue(part.Number, out var remembered) && remembered.Digest is { } digest
            && (_write.ReadBack(part.Range) == digest || TryTakeRenamed(part.Range, digest))))
        {
            digest = await base.MoveAsync(item, found, part, cancellationToken).ConfigureAwait(false);
            _journal.Add(new JournalPart(part.Number, digest.ToString()));
        }

        Interlocked.Add(ref _bytesHere, part.Range.Length);
        return digest;
    }

    public override async Task<StoredObject> CompleteAsync(Checksum whole, CancellationToken cancellationToken)
    {
        var stored = await base.CompleteAsync(whole, cancellationToken).ConfigureAwait(false);
        _journal.Delete();
        return stored;
    }

    public override void Fail(Exception cause) => _isKept = IsWorthKeeping(cause) && Interlocked.Read(ref _bytesHere) > 0;

    public override async ValueTask DisposeAsync()
    {
        if (_isKept)
        {
            _write.Keep();
            _host.Log.Info($"'{_target}' is not whole: {HumanText.Size(Interlocked.Read(ref _bytesHere))} of it stay, and the next run goes on with them.");
        }

        await base.DisposeAsync().ConfigureAwait(false);
        if (_isKept)
            _journal.Dispose();
        else
            _journal.Delete();
    }

    /// <summary>Takes a part over from the file that was renamed already, if it is what was remembered.</summary>
    private bool TryTakeRenamed(ByteRange range, Checksum digest)
    {
        if (_renamed is null)
            return false;
        try
        {
            using var file = File.OpenHandle(_renamed, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return FileBlocks.TryRead(file, range, _write.WriteBlock) == digest;
        }
        catch (Exception exception) when (exception is TrainctlException || FolderErrors.IsFileSystemError(exception))
        {
            return false;
        }
    }

    /// <summary>Removes what another object has left under the name.</summary>
    private static bool TryForget(string journalPath)
    {
        try
        {
            if (TemporaryName.IsJournal(Path.GetFileName(journalPath), out var partial))
                File.Delete(Path.Join(Path.GetDirectoryName(journalPath), partial));
            return true;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return false;
        }
    }
}
