namespace Trainctl.Storage;

/// <summary>What a store offers that can give an object another key at once, without touching its bytes.</summary>
internal interface IObjectRenamer
{
    /// <summary>Renames an object that is still what was seen. Never replaces another one.</summary>
    /// <param name="expected">What was seen.</param>
    /// <param name="key">The new key.</param>
    /// <returns>False when there is no such object any more.</returns>
    /// <exception cref="Diagnostics.TrainctlException">It changed, the new key is taken by something else, or the store refused.</exception>
    bool Rename(StoredObject expected, string key);
}
