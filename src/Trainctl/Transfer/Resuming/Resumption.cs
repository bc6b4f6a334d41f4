using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Transfer.Resuming;

/// <summary>Decides how an object that is moved in parts begins: where an earlier run stopped, so that a later one can go on, or just so.</summary>
internal sealed class Resumption(EngineHost host)
{
    /// <summary>No part is smaller, so nothing smaller was ever moved in parts.</summary>
    public const long SmallestPart = 1024 * 1024;

    private readonly UploadOpener _uploads = new(host);

    /// <summary>Whether an earlier run has left something of it, which must then be gone on with, or removed, whatever the part size is now.</summary>
    public bool IsBegun(TransferItem item, StoredObject found) => host.StateDirectory is not null && found.Size > SmallestPart && item.Destination switch
    {
        IResumableStore store => File.Exists(_uploads.JournalPathOf(store.IdentityOf(item.Key))),
        FolderStore folder => File.Exists(folder.JournalPathOf(item.Key)),
        _ => false,
    };

    public async Task<PartOpening> OpenAsync(TransferItem item, StoredObject found, PutOptions options, long partSize, CancellationToken cancellationToken)
    {
        if (host.StateDirectory is not null)
        {
            if (await _uploads.TryOpenAsync(item, found, options, partSize, cancellationToken).ConfigureAwait(false) is { } upload)
                return upload;
            if (ResumableDownload.TryOpen(item, found, options, partSize, host) is { } download)
                return new PartOpening(download, null);
        }

        var write = await item.Destination.BeginMultipartAsync(item.Key, found.Size, options, cancellationToken).ConfigureAwait(false);
        return new PartOpening(new PartTransfer(write, partSize), null);
    }
}
