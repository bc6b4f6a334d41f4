namespace Trainctl.Storage.Folder;

/// <summary>
/// Paths without links, found as the system follows them: a relative link starts from the folder where the link is in truth. .NET starts from the text of the path to
/// the link, which with <c>..</c> in the link is another place once a link to a folder was passed.
/// </summary>
internal static class RealPath
{
    /// <summary>Linux follows no more in one path either.</summary>
    private const int MostLinks = 40;

    /// <summary>
    /// The absolute path of what somebody has written. <c>..</c> behind a link is above where the link leads, as for the system; .NET drops the link with it and goes by the
    /// text. Links stay in the path otherwise.
    /// </summary>
    /// <param name="path">Absolute, or below the working folder.</param>
    /// <param name="workingDirectory">Absolute.</param>
    public static string FullOf(string path, string workingDirectory)
    {
        var byText = Path.GetFullPath(path, workingDirectory);
        // On Windows the system goes by the text too.
        if (OperatingSystem.IsWindows() || !path.Split(Path.DirectorySeparatorChar).Contains(".."))
            return byText;
        var full = "/";
        foreach (var segment in Path.Combine(workingDirectory, path).Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment != ".")
                full = segment == ".." ? Above(full) : Path.Join(full, segment);
        }

        return Path.EndsInDirectorySeparator(byText) && !Path.EndsInDirectorySeparator(full) ? full + Path.DirectorySeparatorChar : full;
    }

    /// <summary>The path with the links in all its segments followed, as far as it exists; the path itself where they lead in a circle.</summary>
    /// <param name="path">Absolute.</param>
    public static string Of(string path) => TryOf(path) ?? path;

    /// <summary>As <see cref="Of"/>; null where the links lead in a circle, or the system does not tell.</summary>
    /// <param name="path">Absolute.</param>
    public static string? TryOf(string path)
    {
        var top = Path.GetPathRoot(path) ?? "";
        return TryBelow(top, path[top.Length..]);
    }

    /// <summary>As <see cref="TryOf"/>, of what a folder holds.</summary>
    /// <param name="folder">Has no links in it.</param>
    /// <param name="path">Below the folder.</param>
    public static string? TryBelow(string folder, string path)
    {
        try
        {
            return Follow(folder, path);
        }
        catch (Exception exception) when (FolderErrors.IsFileSystemError(exception))
        {
            return null;
        }
    }

    private static string Above(string path)
    {
        var byText = Path.GetDirectoryName(path) ?? path;
        return TryOf(path) is { } real && Path.GetDirectoryName(real) is { } above && above != TryOf(byText) ? above : byText;
    }

    private static string? Follow(string real, string rest)
    {
        var left = new Stack<string>();
        Push(left, rest);
        var links = 0;
        while (left.TryPop(out var segment))
        {
            if (segment == ".")
                continue;
            if (segment == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Join(real, segment);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                return null;
            if (Path.IsPathRooted(target))
            {
                target = OperatingSystem.IsWindows() ? Path.GetFullPath(target, real) : target;
                real = Path.GetPathRoot(target)!;
                target = target[real.Length..];
            }

            Push(left, target);
        }

        return real;
    }

    private static void Push(Stack<string> left, string path)
    {
        foreach (var segment in path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Reverse())
            left.Push(segment);
    }
}
