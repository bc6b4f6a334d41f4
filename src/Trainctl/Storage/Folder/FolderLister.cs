using Trainctl.Diagnostics;

namespace Trainctl.Storage.Folder;

/// <summary>
/// Lists the files below a folder in the order of their keys. A folder sorts as its name followed by <c>/</c>, which is where its keys stand in
/// the order of bytes; so one pass over the tree, holding one folder's names at a time for each level, gives the order of the whole.
/// </summary>
internal sealed class FolderLister(string root, ListRequest request)
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>The folders that are being listed, from the root down.</summary>
    private readonly List<(string Real, FileIdentity? Identity)> _ancestors = [];

    public IEnumerable<StoredObject> List() => ListFolder(root, "", RealPath.Of(root));

    /// <param name="path">The folder.</param>
    /// <param name="keyPrefix">Of what is in it.</param>
    /// <param name="real">Where it is in truth.</param>
    private IEnumerable<StoredObject> ListFolder(string path, string keyPrefix, string real)
    {
        var identity = FileIdentity.OfFolder(path);
        _ancestors.Add((real, identity));
        foreach (var entry in Entries(path, keyPrefix, identity))
        {
            var key = keyPrefix + entry.Info.Name;
            if (entry.Info is FileInfo file)
            {
                if (key.StartsWith(request.Prefix, StringComparison.Ordinal) && Describe(key, file) is { } found)
                    yield return found;
                continue;
            }

            var below = key + "/";
            if (!MayMatch(below))
                continue;
            var target = Path.Join(real, entry.Info.Name);
            if (entry.Info.LinkTarget is not null)
            {
                target = RealPath.TryBelow(real, entry.Info.Name) ?? target;
                if (IsAncestor(target, FileIdentity.OfFolder(entry.Info.FullName)))
                {
                    Report(key, ListingProblemKind.LinkLoop, $"'{key}' is a symbolic link to a folder that contains it; it was not followed.");
                    continue;
                }

                request.OnLinkedFolder?.Invoke(key);
            }

            foreach (var found in ListFolder(entry.Info.FullName, below, target))
                yield return found;
        }

        _ancestors.RemoveAt(_ancestors.Count - 1);
    }

    /// <summary>Whether a folder is one of those that are being listed. By its path as well: some file systems number anew at each look.</summary>
    private bool IsAncestor(string real, FileIdentity? identity) =>
        _ancestors.Exists(a => a.Real == real || (identity is not null && a.Identity == identity));

    private List<Entry> Entries(string path, string keyPrefix, FileIdentity? identity)
    {
        var entries = new List<Entry>();
        if (identity is { } folder)
            request.OnFolder?.Invoke(keyPrefix.TrimEnd('/'), folder);
        try
        {
            foreach (var info in new DirectoryInfo(path).EnumerateFileSystemInfos("*", Everything))
            {
                if (Classify(info, keyPrefix) is { } entry)
                    entries.Add(entry);
            }
        }
        catch (DirectoryNotFoundException) when (keyPrefix.Length > 0 && FileStatus.IsAbsent(path))
        {
            // Deleted between the listing of its parent and now, as by another prune.
            request.OnVanished?.Invoke(keyPrefix[..^1]);
            return [];
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            if (keyPrefix.Length == 0)
                throw FolderErrors.Reading(path, exception);
            var key = keyPrefix[..^1];
            Report(key, ListingProblemKind.UnreadableFolder, $"The folder '{key}' could not be read: {exception.Message}", FolderErrors.Reading(path, exception).Error);
            return [];
        }

        var now = FileIdentity.OfFolder(path);
        if (now is null && FileStatus.IsAbsent(path))
            Vanished(path, keyPrefix);
        else if (now is not null && now != identity && now == FileIdentity.OfFolder(path))
            Replaced(path, keyPrefix);
        entries.Sort(static (x, y) => KeyOrder.Compare(x.SortName, y.SortName));
        LeaveOutRepeats(entries, keyPrefix);
        return entries;
    }

    /// <summary>Of a folder that is deleted while it is read a system tells the rest of the names as if there were none.</summary>
    private void Vanished(string path, string keyPrefix)
    {
        if (keyPrefix.Length == 0)
            throw FolderErrors.Reading(path, new IOException("The folder went away while it was read."));
        request.OnVanished?.Invoke(keyPrefix[..^1]);
    }

    /// <summary>Another folder got its name, so what was read may be the end of the one before. Where a file system numbers anew at each look, that cannot be told.</summary>
    private void Replaced(string path, string keyPrefix)
    {
        if (keyPrefix.Length == 0)
            throw FolderErrors.Reading(path, new IOException("Another folder took its place while it was read. Run again."));
        var key = keyPrefix[..^1];
        Report(key, ListingProblemKind.UnreadableFolder, $"Another folder took the place of '{key}' while it was read.");
    }

    /// <summary>
    /// A system may tell a name twice while files are renamed. Bytes that are no text read as U+FFFD, so the second of that name is another file, unless it is the
    /// first once more.
    /// </summary>
    private void LeaveOutRepeats(List<Entry> entries, string keyPrefix)
    {
        var last = 0;
        for (var i = 1; i < entries.Count; i++)
        {
            if (entries[i].SortName != entries[last].SortName)
                entries[++last] = entries[i];
            else if (IsDoubtful(entries[i].Info))
                Problem(keyPrefix + entries[i].Info.Name, ListingProblemKind.InvalidName, InvalidName(keyPrefix + entries[i].Info.Name));
        }

        if (entries.Count > 0)
            entries.RemoveRange(last + 1, entries.Count - last - 1);
    }

    private static bool IsDoubtful(FileSystemInfo info) => info.Name.Contains('\uFFFD', StringComparison.Ordinal);

    private static string InvalidName(string key) => $"The name of '{key}' is not valid UTF-8, so it cannot be a key.";

    private Entry? Classify(FileSystemInfo info, string keyPrefix)
    {
        var key = keyPrefix + info.Name;
        if (TemporaryName.Matches(info.Name))
        {
            if (info is FileInfo && info.LinkTarget is null)
                request.OnTemporary?.Invoke(info.FullName);
            return null;
        }

        if (IsDoubtful(info) && !File.Exists(info.FullName) && !Directory.Exists(info.FullName))
            return Problem(key, ListingProblemKind.InvalidName, InvalidName(key));
        if (info.LinkTarget is not null)
        {
            if (!request.FollowSymlinks)
                return Problem(key, ListingProblemKind.LinkNotFollowed, $"'{key}' is a symbolic link; links are not followed.");
            return ClassifyLink(info, key);
        }

        return info is DirectoryInfo ? new Entry(info, info.Name + "/") : new Entry(info, info.Name);
    }

    private Entry? ClassifyLink(FileSystemInfo info, string key)
    {
        try
        {
            return FileStatus.OfEntry(info) switch
            {
                null => Problem(key, ListingProblemKind.DanglingLink, $"'{key}' is a symbolic link to '{info.LinkTarget}', which is not there."),
                { Kind: FileKind.Folder } => new Entry(new DirectoryInfo(info.FullName), info.Name + "/"),
                _ => new Entry(new FileInfo(info.FullName), info.Name),
            };
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            // It may lead to a folder.
            var failure = FolderErrors.Reading(info.FullName, exception);
            Report(key, ListingProblemKind.UnreadableFolder, $"What the symbolic link '{key}' leads to could not be looked at: {exception.Message}", failure.Error);
            return null;
        }
    }

    private StoredObject? Describe(string key, FileInfo file)
    {
        try
        {
            switch (FileStatus.OfEntry(file))
            {
                case { Kind: FileKind.File } status:
                    var found = FolderStore.Describe(key, status);
                    return file.LinkTarget is { } target ? found with { LinkTarget = target } : found;
                case { Kind: FileKind.Special }:
                    Report(key, ListingProblemKind.NotAFile, $"'{key}' is a socket, a pipe or a device and has no content to read.");
                    return null;
                default:
                    throw new FileNotFoundException();
            }
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted between the listing of its folder and now: as if it had never been there.
            request.OnVanished?.Invoke(key);
            return null;
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            Report(key, ListingProblemKind.UnreadableFile, $"'{key}' could not be read: {exception.Message}", FolderErrors.Reading(file.FullName, exception).Error);
            return null;
        }
    }

    private bool MayMatch(string folderKey) =>
        folderKey.StartsWith(request.Prefix, StringComparison.Ordinal) || request.Prefix.StartsWith(folderKey, StringComparison.Ordinal);

    private Entry? Problem(string key, ListingProblemKind kind, string message)
    {
        Report(key, kind, message);
        return null;
    }

    private void Report(string key, ListingProblemKind kind, string message, TrainctlError? error = null)
    {
        if (key.StartsWith(request.Prefix, StringComparison.Ordinal) || request.Prefix.StartsWith(key + "/", StringComparison.Ordinal))
            request.OnProblem?.Invoke(new ListingProblem(key, kind, message) { Error = error });
    }

    private sealed record Entry(FileSystemInfo Info, string SortName);
}
