namespace Trainctl.Storage;

/// <summary>A write in parts that takes them from where they are, so that they need not be in memory.</summary>
internal interface IStreamedWrite : IMultipartWrite
{
    /// <summary>Writes one part of a local file.</summary>
    /// <param name="number">As for <see cref="IMultipartWrite.WritePartAsync"/>.</param>
    /// <param name="source">Where the file is.</param>
    /// <param name="found">The file; the write fails when it is no longer this one.</param>
    /// <param name="range">The part, in the file as in the object.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    /// <returns>The checksum of the part.</returns>
    Task<Checksum> WritePartAsync(int number, IObjectReader source, StoredObject found, ByteRange range, CancellationToken cancellationToken);
}
