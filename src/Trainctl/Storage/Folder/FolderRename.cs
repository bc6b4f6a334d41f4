using System.Runtime.InteropServices;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>Gives files other names.</summary>
internal static partial class FolderRename
{
    /// <summary>Gives a file another name below the same root, and removes the folders that it leaves empty.</summary>
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

    /// <summary>Gives a whole file its name, in the place of a file that has it.</summary>
    /// <exception cref="TrainctlException">The name is that of a socket, a pipe or a device by now.</exception>
    /// <exception cref="IOException">It cannot be done; also the other errors of file systems.</exception>
    public static void Replace(string temporaryPath, string path, string key)
    {
        if (SpecialFile.KindOf(path).IsSpecial)
            throw new TrainctlException(TrainctlError.UnsafeKey, $"'{key}' cannot be stored as '{path}': {SpecialFile.InTheWay}.", key);
        // .NET looks at the file that is there for certain, where this has looked at the other: as many calls for each of many small files. What failed it names.
        if (OperatingSystem.IsWindows() || RenameFile(temporaryPath, path) != 0)
            File.Move(temporaryPath, path, overwrite: true);
    }

    // The shim behind System.IO (dotnet/runtime: src/native/libs/System.Native/pal_io.h).
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Rename", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int RenameFile(string oldPath, string newPath);
}
