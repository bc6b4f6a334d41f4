using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Formats;

/// <summary>Small reads of objects, each under the condition that it is still what was listed.</summary>
internal sealed class ObjectProbe(IObjectReader store)
{
    public Task<byte[]> ReadStartAsync(StoredObject found, int length, CancellationToken cancellationToken) =>
        ReadAsync(found, 0, Math.Min(length, found.Size), cancellationToken);

    public Task<byte[]> ReadEndAsync(StoredObject found, int length, CancellationToken cancellationToken) =>
        ReadAsync(found, Math.Max(0, found.Size - length), Math.Min(length, found.Size), cancellationToken);

    public async Task<byte[]> ReadAsync(StoredObject found, long offset, long length, CancellationToken cancellationToken)
    {
        if (length == 0)
            return [];
        var buffer = new byte[length];
        try
        {
            var stream = await store.OpenReadAsync(found.Key, new ByteRange(offset, length), found.ETag, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
                await stream.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new TrainctlException(
                TrainctlError.ReadFailed, $"Reading '{store.Root.Append(found.Key)}' failed: {exception.Message}", found.Key, exception);
        }

        return buffer;
    }
}
