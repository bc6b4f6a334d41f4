using Trainctl.Storage;

namespace Trainctl.Transfer;

/// <summary>Reads the parts of a run one after another, with one request for as many as follow each other and are wanted.</summary>
/// <param name="source">Where the object is.</param>
/// <param name="found">The object; fails when it is no longer this one.</param>
/// <param name="run">Parts that follow one another.</param>
/// <param name="isLikelyThere">Whether a part need not be read, in all likelihood: no request brings it along with others.</param>
internal sealed class PartReader(IObjectReader source, StoredObject found, ArraySegment<ObjectPart> run, Func<ObjectPart, bool> isLikelyThere) : IAsyncDisposable
{
    private Stream? _stream;
    private long _position;
    private long _end;

    /// <summary>Moves a part into a write as it arrives.</summary>
    /// <returns>The checksum of the part.</returns>
    public async Task<Checksum> CopyAsync(ObjectPart part, IBlockWrite target, CancellationToken cancellationToken)
    {
        if (_stream is null || _position != part.Range.Offset)
        {
            await DisposeAsync().ConfigureAwait(false);
            var range = Wanted(part);
            _stream = await source.OpenReadAsync(found.Key, range, found.ETag, cancellationToken).ConfigureAwait(false);
            _end = range.End;
        }

        var checksum = await ContentReader.CopyAsync(_stream, part.Range, target, cancellationToken).ConfigureAwait(false);
        _position = part.Range.End;
        if (_position == _end)
            await DisposeAsync().ConfigureAwait(false);
        return checksum;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is { } stream)
        {
            _stream = null;
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The part and what follows it in the run, up to one that is there.</summary>
    private ByteRange Wanted(ObjectPart first)
    {
        var end = first.Range.End;
        for (var i = first.Number - run[0].Number + 1; i < run.Count && !isLikelyThere(run[i]); i++)
            end = run[i].Range.End;
        return first.Range with { Length = end - first.Range.Offset };
    }
}
