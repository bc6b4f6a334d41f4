using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>Parts of an object that follow each other and are moved one after the other, read from one answer where the source gives its content in pieces.</summary>
/// <param name="item">What is moved.</param>
/// <param name="found">The object.</param>
/// <param name="parts">In order, at least one.</param>
internal sealed class PartRun(TransferItem item, StoredObject found, IReadOnlyList<ObjectPart> parts) : IAsyncDisposable
{
    private Stream? _content;
    private long _at;

    public TransferItem Item => item;

    public StoredObject Found => found;

    public IReadOnlyList<ObjectPart> Parts => parts;

    /// <summary>Moves a part into a write as it arrives. The answer to the first one that is asked for has the others too.</summary>
    /// <returns>The checksum of the part.</returns>
    public async Task<Checksum> CopyAsync(ObjectPart part, IBlockWrite target, CancellationToken cancellationToken)
    {
        if (_content is null || _at != part.Range.Offset)
        {
            await DisposeAsync().ConfigureAwait(false);
            _at = part.Range.Offset;
            _content = await item.Source.OpenReadAsync(found.Key, new ByteRange(_at, parts[^1].Range.End - _at), found.ETag, cancellationToken).ConfigureAwait(false);
        }

        var checksum = await ContentReader.CopyAsync(_content, part.Range, target, cancellationToken).ConfigureAwait(false);
        _at = part.Range.End;
        return checksum;
    }

    public async ValueTask DisposeAsync()
    {
        if (_content is not null)
            await _content.DisposeAsync().ConfigureAwait(false);
        _content = null;
    }
}
