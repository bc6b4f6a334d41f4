namespace Trainctl.Storage.Folder;

/// <summary>Gives a file another name below the same root, and removes the folders that it leaves empty.</summary>
internal static class FolderRename
{
    public static bool Rename(string root, StoredObject expected, string target)
    {
        var path = FolderPath.ToPath(root, expected.Key);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return false;
            if (Drift.IsSeen(expected, FolderStore.Describe(expected.Key, file)))
                throw Drift.Failure(ObjectUrl.Parse(root), expected.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            file.MoveTo(target, overwrite: false);
            FolderDeletion.RemoveEmptyFolders(root, Path.GetDirectoryName(path));
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException && !File.Exists(path))
        {
            return false;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            throw FolderErrors.Writing(target, exception);
        }
    }
}
