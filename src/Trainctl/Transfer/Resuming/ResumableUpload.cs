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

    public override async Task WriteAsync(ObjectPart part, ReadOnlyMemory<byte> content, Checksum checksum, CancellationToken cancellationToken)
    {
        var tag = _journal.Parts.TryGetValue(part.Number, out var remembered) && remembered.Digest == checksum ? remembered.Tag : null;
        if (!_write.TryAdopt(part.Number, part.Range.Offset, content, tag))
        {
            await base.WriteAsync(part, content, checksum, cancellationToken).ConfigureAwait(false);
            _journal.Add(new JournalPart(part.Number, checksum.ToString(), _write.TagOf(part.Number)));
        }

        Interlocked.Add(ref _bytesThere, part.Range.Length);
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
