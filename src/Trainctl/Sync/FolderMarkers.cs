using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Sync;

/// <summary>
/// Finds what consoles and some programs store in a bucket for a folder, an object of no bytes whose key ends with <c>/</c>, on its way to a folder: no file can
/// have such a name, and nothing is lost without it.
/// </summary>
internal sealed class FolderMarkers(IObjectStore destination)
{
    private long _count;
    private string? _first;

    /// <summary>What was left out, as a note for the report; one at most.</summary>
    public IEnumerable<string> Notes => _first is null
        ? []
        : [$"{HumanText.Count(_count, "object")} without content left out ('{_first}'{(_count > 1 ? " among them" : "")}): a key that ends with '/' stands for a folder."];

    /// <summary>Whether an object is to be left out.</summary>
    public bool LeaveOut(StoredObject found)
    {
        if (found.Size > 0 || !found.Key.EndsWith('/') || !destination.Root.IsFolder)
            return false;
        _count++;
        _first ??= found.Key;
        return true;
    }
}
