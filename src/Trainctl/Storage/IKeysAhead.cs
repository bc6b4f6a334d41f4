namespace Trainctl.Storage;

/// <summary>
/// Keys that a listing will probably come to: those of the other side of a sync, which is near. Wrong ones cost requests and change nothing in what is listed.
/// </summary>
internal interface IKeysAhead
{
    /// <summary>The key that comes so many places behind another. Called only while somebody waits for the listing's next object.</summary>
    /// <param name="key">Need not be among them. Not before a key that was given earlier.</param>
    /// <param name="places">At least 1.</param>
    /// <returns>Null when there is none, or when it is so far ahead that it is not yet to be known.</returns>
    ValueTask<string?> AfterAsync(string key, int places);
}
