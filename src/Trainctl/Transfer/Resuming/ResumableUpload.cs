using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Transfer.Resuming;

/// <summary>An upload that goes on over any number of runs. The store's own list of its parts is the truth; what is remembered here helps to prove them.</summary>
internal sealed class ResumableUpload : PartTransfer
{
    private readonly IResumableWrite _write;
    private readonly TransferJournal _journal;
    private readonly EngineHost _host;
    private readonly string _target;
    private long _bytesThere;
    private bool _isKept;

    public ResumableUpload(IResumableWrite write, TransferJournal journal, long partSize, EngineHost host, string target)
        : base(write, partSize)
    {
        _write = write;
        _journal = journal;
        _host = host;
        _target = target;
        if (write.BytesFound > 0)
            host.Log.Debug($"'{target}' goes on with what an earlier run has sent: {HumanText.Size(write.BytesFound)}, if it is what would be sent now.");
    }

    public override async Task<Checksum> MoveAsync(TransferItem item, StoredObject found, ObjectPart part, CancellationToken cancellationToken)
    {
        if (await TryAdoptAsync(item, found, part, cancellationToken).ConfigureAwait(false) is not { } checksum)
        {
            checksum = await base.MoveAsync(item, found, part, cancellationToken).ConfigureAwait(false);
            _journal.Add(new JournalPart(part.Number, checksum.ToString(), _write.TagOf(part.Number)));
        }

        Interlocked.Add(ref _bytesThere, part.Range.Length);
        return checksum;
    }

    /// <summary>Reads the part at the source; when the store has just that, it is not sent again.</summary>
    private async Task<Checksum?> TryAdoptAsync(TransferItem item, StoredObject found, ObjectPart part, CancellationToken cancellationToken)
    {
        if (!_write.MayHave(part.Number, part.Range.Length))
            return null;
        var (checksum, md5) = await ContentReader.DigestAsync(item.Source, found, part.Range, withMd5: !item.Source.Traits.IsLocal, cancellationToken).ConfigureAwait(false);
        var tag = _journal.Parts.TryGetValue(part.Number, out var remembered) && remembered.Digest == checksum ? remembered.Tag : null;
        return await _write.TryAdoptAsync(part.Number, part.Range.Offset, part.Range.Length, checksum, tag, ReadMd5Async).ConfigureAwait(false) ? checksum : null;

        async ValueTask<string> ReadMd5Async() =>
            md5 ?? (await ContentReader.DigestAsync(item.Source, found, part.Range, withMd5: true, cancellationToken).ConfigureAwait(false)).Md5!;
    }

    public override async Task<StoredObject> CompleteAsync(Checksum whole, CancellationToken cancellationToken)
    {
        var stored = await base.CompleteAsync(whole, cancellationToken).ConfigureAwait(false);
        _journal.Delete();
        return stored;
    }

    public override void Fail(Exception cause) => _isKept = IsWorthKeeping(cause) && (Interlocked.Read(ref _bytesThere) > 0 || _write.BytesFound > 0);

    public override async ValueTask DisposeAsync()
    {
        if (_isKept)
        {
            _write.Keep();
            _host.Log.Info(
                $"'{_target}' is not whole: {HumanText.Size(Math.Max(Interlocked.Read(ref _bytesThere), _write.BytesFound))} of it stay at the store, and the next run goes on with them.");
        }

        await base.DisposeAsync().ConfigureAwait(false);
        if (_isKept)
            _journal.Dispose();
        else
            _journal.Delete();
    }
}
