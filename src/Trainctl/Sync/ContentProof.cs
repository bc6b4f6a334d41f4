using System.Buffers;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Sync;

/// <summary>
/// Proves that a small file and an object of the same size are the same, by the MD5 that most stores give as the ETag of an object written whole. Reading a
/// small file costs less than asking a store, and says more than times do.
/// </summary>
internal static class ContentProof
{
    /// <summary>Reading more than this takes longer than a request.</summary>
    private const int Largest = 256 * 1024;

    private const int Md5Digits = 32;

    /// <returns>True when they are the same; false says nothing, since an ETag need not be an MD5.</returns>
    public static async ValueTask<bool> AreSameAsync(
        IObjectReader left, StoredObject inLeft, IObjectReader right, StoredObject inRight, CancellationToken cancellationToken)
    {
        if (inLeft.Size != inRight.Size || inLeft.Size > Largest || left.Traits.IsLocal == right.Traits.IsLocal)
            return false;
        var (folder, file, remote) = left.Traits.IsLocal ? (left, inLeft, inRight) : (right, inRight, inLeft);
        if (remote.ETag is not { Length: Md5Digits } etag)
            return false;
        var buffer = ArrayPool<byte>.Shared.Rent((int)file.Size);
        try
        {
            var content = buffer.AsMemory(0, (int)file.Size);
            var stream = await folder.OpenReadAsync(file.Key, null, file.ETag, cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
                await stream.ReadExactlyAsync(content, cancellationToken).ConfigureAwait(false);
            return etag.Equals(Md5.Of(content.Span), StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
