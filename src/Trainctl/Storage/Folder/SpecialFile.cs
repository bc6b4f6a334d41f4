namespace Trainctl.Storage.Folder;

/// <summary>Tells sockets, pipes and devices from files. Opening one of them could block for ever.</summary>
internal static class SpecialFile
{
    /// <summary>Why no file gets its name; half a sentence.</summary>
    public const string InTheWay = "a socket, a pipe or a device with this name is in the way";

    /// <summary>What is at a path after following links; null when nothing is, or the system does not tell: then writing there does.</summary>
    public static FileKind? KindOf(string path) => FileStatus.TryOf(path, out var status) ? status?.Kind : null;
}
