using System.IO.Compression;
using System.Text;

namespace Trainctl.MSBuild.Tests;

/// <summary>What a binary log holds, as one text: it is compressed, and its strings are UTF-8.</summary>
internal static class BinaryLog
{
    public static string Read(string path)
    {
        using var content = new MemoryStream();
        using (var unpacked = new GZipStream(File.OpenRead(path), CompressionMode.Decompress))
            unpacked.CopyTo(content);
        return Encoding.UTF8.GetString(content.ToArray());
    }

    /// <summary>Whether a text is in it, for what is too long to show when it is.</summary>
    public static bool Holds(string path, string text) => Read(path).Contains(text, StringComparison.Ordinal);
}
