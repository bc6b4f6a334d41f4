namespace Trainctl.Storage;

/// <summary>What a store offers that can give an object another key at once, without touching its bytes where the new key is on the same device.</summary>
internal interface IObjectRenamer
{
    /// <summary>Renames an object that is still what was seen. Never replaces another one.</summary>
    /// <param name="expected">What was seen.</param>
    /// <param name="key">The new key.</param>
    /// <param name="endsMove">
    /// Whether the same move may have been interrupted before. Then what is there already is the object when it has the same content, and replaced when it is a
    /// part of a copy to another device.
    /// </param>
    /// <param name="cancellationToken">Ends a copy to another device, of which nothing is left then.</param>
    /// <returns>False when there is no such object any more.</returns>
    /// <exception cref="Diagnostics.TrainctlException">It changed, the new key is taken by something else, or the store refused.</exception>
    Task<bool> RenameAsync(StoredObject expected, string key, bool endsMove, CancellationToken cancellationToken);
}
