using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Training.Publishing;

/// <summary>A checkpoint's files under second names, with the keys that they have.</summary>
internal sealed class HeldCheckpoint(string folder)
{
    public string Folder => folder;

    /// <summary>Whether it is held still: somebody else may have deleted the folder.</summary>
    public bool IsThere => Directory.Exists(folder);

    public IObjectStore Store { get; } = new FolderStore(ObjectUrl.Parse(folder));

    /// <summary>Lets go of the files. What training has deleted is gone now.</summary>
    public void Release() => Delete(folder);

    public static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Training removed it with its surroundings.
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // The next training beside it tries again.
        }
    }
}
