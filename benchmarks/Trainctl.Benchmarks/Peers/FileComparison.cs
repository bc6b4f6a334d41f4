using Trainctl.Benchmarks.Transfers;

namespace Trainctl.Benchmarks.Peers;

/// <summary>Whether a folder holds the same files as another.</summary>
internal static class FileComparison
{
    private const int BlockBytes = 1024 * 1024;

    /// <exception cref="PeerException">It does not.</exception>
    public static void Require(string expected, string actual, Workload? files, bool isThorough)
    {
        var names = Names(expected);
        if (files is not null && names.Length != files.Count)
            throw new PeerException($"{names.Length} files were to be moved, not {files.Count}");
        var found = Names(actual);
        if (!found.SequenceEqual(names))
            throw new PeerException($"{found.Length} files are there, not the {names.Length} that should be");
        foreach (var name in names)
        {
            var (from, to) = (Path.Join(expected, name), Path.Join(actual, name));
            if (new FileInfo(from).Length != new FileInfo(to).Length || (isThorough && !AreEqual(from, to)))
                throw new PeerException($"{name} is not what it should be");
        }
    }

    private static string[] Names(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];

    private static bool AreEqual(string first, string second)
    {
        using var one = File.OpenRead(first);
        using var other = File.OpenRead(second);
        var (a, b) = (new byte[BlockBytes], new byte[BlockBytes]);
        while (true)
        {
            var read = one.ReadAtLeast(a, BlockBytes, throwOnEndOfStream: false);
            if (other.ReadAtLeast(b, BlockBytes, throwOnEndOfStream: false) != read || !a.AsSpan(0, read).SequenceEqual(b.AsSpan(0, read)))
                return false;
            if (read == 0)
                return true;
        }
    }
}
