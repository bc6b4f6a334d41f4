using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>Deletes one file and the folders that it leaves empty, up to the root, which stays. What is behind a link to a folder stays too.</summary>
internal static class FolderDeletion
{
    public static TrainctlException? Delete(string root, DeleteRequest request)
    {
        if (FolderPath.RefusalOf(request.Key) is { } refusal)
            return new TrainctlException(TrainctlError.UnsafeKey, $"'{request.Key}' cannot be deleted in '{root}': {refusal}.", request.Key);
        var path = FolderPath.ToPath(root, request.Key);
        try
        {
            if (FolderPath.LinkAbove(root, request.Key, request.MayPassLinks) is { } link)
            {
                return new TrainctlException(
                    TrainctlError.UnsafeKey, $"'{request.Key}' cannot be deleted in '{root}': '{link}' is a symbolic link, and what it leads to stays.", request.Key);
            }

            if (FileStatus.OfName(path) is not { } there || there.Kind == FileKind.Folder)
                return null;
            var file = new FileInfo(path);
            if (request.Expected is { } expected && HasDrifted(request.Key, file, expected))
            {
                return new TrainctlException(
                    TrainctlError.Drift, $"'{path}' is no longer what it was when its deletion was decided, so it was kept. Run again to decide anew.", path);
            }

            file.Delete();
            RemoveEmptyFolders(root, Path.GetDirectoryName(path));
            return null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Somebody else was faster.
            return null;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return FolderErrors.Writing(path, exception);
        }
    }

    /// <summary>A link goes and its target stays, so of what was a link only the link counts: its target may have been replaced or deleted by the same run.</summary>
    private static bool HasDrifted(string key, FileInfo file, StoredObject expected)
    {
        if (expected.LinkTarget is { } link)
            return file.LinkTarget != link;
        if (FileStatus.Of(file.FullName) is not { } status)
            return false;
        if (status.Kind is not FileKind.File)
            return true;
        var now = FolderStore.Describe(key, status);
        return expected.ETag is not null ? now.ETag != expected.ETag : now.Size != expected.Size || now.ModifiedAt != expected.ModifiedAt;
    }

    public static void RemoveEmptyFolders(string root, string? folder)
    {
        while (folder is not null && folder.Length > root.Length && folder.StartsWith(root, StringComparison.Ordinal))
        {
            try
            {
                if (new DirectoryInfo(folder).LinkTarget is not null || Directory.EnumerateFileSystemEntries(folder).Any())
                    return;
                Directory.Delete(folder);
            }
            catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
            {
                // Somebody else put a file there or removed the folder first: both are fine.
                return;
            }

            folder = Path.GetDirectoryName(folder);
        }
    }
}
