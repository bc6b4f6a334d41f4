using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Trainctl.Testing;

/// <summary>Content in the formats that frameworks write.</summary>
public static class ModelFile
{
    /// <summary>A safetensors file with one tensor of so many bytes.</summary>
    public static byte[] Safetensors(int bytes = 16) =>
        SafetensorsOf($$$"""{"w":{"dtype":"U8","shape":[{{{bytes}}}],"data_offsets":[0,{{{bytes}}}]}}""", bytes);

    /// <summary>A file that begins like safetensors, with any header.</summary>
    public static byte[] SafetensorsOf(string header, int bytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var content = new byte[8 + json.Length + bytes];
        BinaryPrimitives.WriteInt64LittleEndian(content, json.Length);
        json.CopyTo(content, 8);
        return content;
    }

    /// <summary>A zip as <c>torch.save</c> writes it: stored and not compressed.</summary>
    public static byte[] Zip(int bytes = 100, string comment = "")
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = zip.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression);
            entry.LastWriteTime = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using (var content = entry.Open())
                content.Write(new byte[bytes]);
            zip.Comment = comment;
        }

        return stream.ToArray();
    }

    /// <summary>The same without its end.</summary>
    public static byte[] Cut(this byte[] content, int bytes = 5) => content[..^bytes];
}
