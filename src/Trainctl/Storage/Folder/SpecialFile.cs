namespace Trainctl.Storage.Folder;

/// <summary>Tells sockets, pipes and devices from files. Opening one of them could block for ever.</summary>
internal static class SpecialFile
{
    /// <summary>Why no file gets its name; half a sentence.</summary>
    public const string InTheWay = "a socket, a pipe or a device with this name is in the way";

    /// <summary>
    /// .NET gives <see cref="FileAttributes.Normal"/> or <see cref="FileAttributes.Device"/> no reliable meaning on Unix; a length of zero with a
    /// Unix file mode does not tell either. What it does keep is that <see cref="File.OpenHandle"/> refuses what cannot seek, so only
    /// files of length zero, which special files seem to be, are looked at more closely.
    /// </summary>
    public static bool IsSpecial(string path)
    {
        if (OperatingSystem.IsWindows())
            return false;
        var file = new FileInfo(path);
        return file.Exists && file.Length == 0 && UnixFileStatus.IsSpecial(path);
    }

    /// <summary>What is at a path after following links, where it is no file: what a new file cannot take the place of.</summary>
    public static (bool IsFolder, bool IsSpecial) KindOf(string path) =>
        OperatingSystem.IsWindows() ? (Directory.Exists(path), false) : UnixFileStatus.KindOf(path);
}
