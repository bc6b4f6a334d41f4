using Trainctl.Diagnostics;
using Trainctl.Storage.Folder.Flushing;

namespace Trainctl.Storage.Folder;

/// <summary>
/// Gives a file another name below the same root, and removes the folders that it leaves empty. To another device, as a folder below may be one, it is copied,
/// and deleted when the copy is proven and on the disk.
/// </summary>
/// <param name="root">The store's folder.</param>
/// <param name="modes">The rights of new files.</param>
/// <param name="rename">What renames on one device.</param>
internal sealed class FolderRename(string root, NewFileMode modes, Func<string, string, RenameResult> rename)
{
    public async Task<bool> RenameAsync(StoredObject expected, string target, bool endsMove, CancellationToken cancellationToken)
    {
        var path = FolderPath.ToPath(root, expected.Key);
        try
        {
            if (FileStatus.OfName(path) is not { } there || there.Kind == FileKind.Folder)
                return false;
            var file = new FileInfo(path);
            if (Drift.IsSeen(expected, FolderStore.Describe(expected.Key, there)))
                throw Drift.Failure(ObjectUrl.Parse(root), expected.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var result = rename(path, target);
            if (result == RenameResult.OtherDevice)
                result = await CopyAsync(expected, file, target, endsMove, cancellationToken).ConfigureAwait(false);
            if (result != RenameResult.Done)
                EndMove(path, target, endsMove);
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

    /// <summary>Deletes a file whose copy was made by a move that was interrupted right after it.</summary>
    private static void EndMove(string path, string target, bool endsMove)
    {
        if (!endsMove || !IsSame(path, target))
            throw new TrainctlException(TrainctlError.WriteFailed, $"Writing '{target}' failed: something else has that name, and is not replaced. Move it away and run again.", target);
        File.Delete(path);
    }

    private async Task<RenameResult> CopyAsync(StoredObject expected, FileInfo file, string target, bool endsMove, CancellationToken cancellationToken)
    {
        // A copy that was made under this name at once, and ended by a full disk, a kill or a loss of power, as it was in former releases.
        var isCutShort = endsMove && new FileInfo(target) is { Exists: true, LinkTarget: null } there && there.Length < expected.Size;
        if (!isCutShort && FileRename.IsTaken(target))
            return RenameResult.Taken;

        // What writes files replaces others; so it gets a name that nobody has.
        var fresh = Path.Join(Path.GetDirectoryName(target), TemporaryName.Create());
        try
        {
            await WriteAsync(expected, file, fresh, cancellationToken).ConfigureAwait(false);
            if (isCutShort)
                File.Delete(target);
            if (rename(fresh, target) != RenameResult.Done)
                return RenameResult.Taken;
        }
        finally
        {
            TryDelete(fresh);
        }

        FolderFlush.FlushBelow(root, Path.GetDirectoryName(target)!);

        // The copy stays in any case: somebody may have deleted the file because it is there.
        if (FileStatus.OfName(file.FullName) is { } now && Drift.IsSeen(expected, FolderStore.Describe(expected.Key, now)))
            throw Drift.Failure(ObjectUrl.Parse(root), expected.Key);
        file.Delete();
        return RenameResult.Done;
    }

    /// <summary>Writes a copy with the time and the rights of a file.</summary>
    private async Task WriteAsync(StoredObject expected, FileInfo file, string target, CancellationToken cancellationToken)
    {
        var options = new PutOptions { ContentModifiedAt = new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero) };
        var range = new ByteRange(0, expected.Size);
        var write = new FolderWrite(root, expected.Key, target, expected.Size, options, modes);
        await using (write.ConfigureAwait(false))
        {
            using var source = OpenRead(file.FullName);
            var sent = FileBlocks.TryRead(source, range, (offset, block) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                write.WriteBlock(offset, block);
            }) ?? throw new TrainctlException(TrainctlError.ReadFailed, $"Reading '{file.FullName}' failed: not all of it can be read.", expected.Key);
            if (write.ReadBack(range) != sent)
                throw new TrainctlException(TrainctlError.ChecksumMismatch, $"The copy of '{file.FullName}' is not what it is, and was deleted. Run again.", expected.Key);
            await write.CompleteAsync(sent, cancellationToken).ConfigureAwait(false);
        }

        if (OperatingSystem.IsWindows())
            return;
        using var copy = OpenRead(target);
        PrivateFile.TrySetMode(copy, file.UnixFileMode);
    }

    private static bool IsSame(string path, string target)
    {
        using var one = OpenRead(path);
        using var other = OpenRead(target);
        var length = RandomAccess.GetLength(one);
        return RandomAccess.GetLength(other) == length
            && FileBlocks.TryRead(one, new ByteRange(0, length)) is { } checksum && FileBlocks.TryRead(other, new ByteRange(0, length)) == checksum;
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle OpenRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // Listings never show the name.
        }
    }
}
