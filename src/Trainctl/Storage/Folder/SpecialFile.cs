namespace Trainctl.Storage.Folder;

/// <summary>Tells sockets, pipes and devices from files. Opening one of them could block for ever.</summary>
internal static class SpecialFile
{
    /// <summary>Why no file gets its name; half a sentence.</summary>
    public const string InTheWay = "a socket, a pipe or a device with this name is in the way";

    /// <summary>What is at a path after following links, where it is no file: what a new file cannot take the place of.</summary>
    public static (bool IsFolder, bool IsSpecial) KindOf(string path) =>
        OperatingSystem.IsWindows() ? (Directory.Exists(path), false) : UnixFileStatus.KindOf(path);
}
