using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints;

/// <summary>Reads the manifests of a place where checkpoints are published.</summary>
internal static class ManifestReader
{
    /// <summary>Far more than any checkpoint needs.</summary>
    private const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>The text of a manifest; nothing of one that is too long to be one.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="found">As it was listed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>
    /// Null for what is listed and not there. Somebody removed it meanwhile; or it stays in the store's index by a defect, as Ceph's may after two wrote
    /// and deleted it at once, and only writing it again puts that right.
    /// </returns>
    public static async Task<byte[]?> FindAsync(IObjectReader place, StoredObject found, CancellationToken cancellationToken)
    {
        if (found.Size > MaxBytes)
            return [];
        var content = new byte[found.Size];
        try
        {
            await ContentReader.ReadAsync(place, found, null, content, cancellationToken).ConfigureAwait(false);
            return content;
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ObjectNotFound)
        {
            return null;
        }
    }
}
