using Trainctl.Benchmarks.Peers;

namespace Trainctl.Benchmarks.Hosts;

/// <summary>A package as its users get it.</summary>
internal sealed record HostPackage(string Id, string Version, string File)
{
    public string Feed => Path.GetDirectoryName(File)!;

    /// <summary>The only version of it in a folder.</summary>
    /// <exception cref="PeerException">There is none, or more than one.</exception>
    public static HostPackage Find(string folder, string id)
    {
        // An identifier may be the beginning of another's, but a version begins with a digit.
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, id + ".*.nupkg").Where(file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1])).ToArray() : [];
        return files is [var file]
            ? new HostPackage(id, Path.GetFileNameWithoutExtension(file)[(id.Length + 1)..], file)
            : throw new PeerException($"There are {files.Length} packages {id} in '{folder}', not one. Name their folder with --packages.");
    }
}
