using System.Formats.Tar;
using System.IO.Compression;

namespace Trainctl.Testing.Frameworks;

/// <summary>Content in the file formats of the frameworks, besides those of <see cref="ModelFile"/>.</summary>
public static class ModelFormats
{
    /// <summary>A tar as NeMo writes its models, padded as Python's tarfile does.</summary>
    public static byte[] Tar(int bytes = 100)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            var content = new byte[bytes];
            Array.Fill(content, (byte)7);
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "./model_weights.ckpt") { DataStream = new MemoryStream(content) });
        }

        stream.SetLength((stream.Length + 10239) / 10240 * 10240);
        return stream.ToArray();
    }

    /// <summary>A file that begins like HDF5 and has as many bytes as its superblock says.</summary>
    /// <param name="version">Of the superblock, 0 to 3.</param>
    /// <param name="bytes">Of the whole file.</param>
    /// <param name="flags">Consistency flags of versions 2 and 3.</param>
    public static byte[] Hdf5(byte version = 0, int bytes = 2048, byte flags = 0)
    {
        var start = new BinaryText().Bytes([0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A]);
        if (version < 2)
            start.Bytes([version, 0, 0, 0, 0, 8, 8, 0]).Zeros(version == 0 ? 8 : 12);
        else
            start.Bytes([version, 8, 8, flags]);
        start.UInt64(0).UInt64(ulong.MaxValue).UInt64((ulong)bytes).UInt64(ulong.MaxValue);
        return start.Zeros(bytes - start.Length).ToArray();
    }

    /// <summary>A GGUF file with one tensor of 64 numbers in blocks of Q8_0.</summary>
    /// <param name="vocabulary">Tokens in its metadata.</param>
    /// <param name="version">Of the format.</param>
    public static byte[] Gguf(int vocabulary = 3, uint version = 3)
    {
        var file = new BinaryText().Text("GGUF").UInt32(version).UInt64(1).UInt64(3);
        Name(file, "general.architecture").UInt32(8);
        Name(file, "llama");
        Name(file, "general.alignment").UInt32(4).UInt32(64);
        Name(file, "tokenizer.ggml.tokens").UInt32(9).UInt32(8).UInt64((ulong)vocabulary);
        for (var i = 0; i < vocabulary; i++)
            Name(file, "a token");
        Name(file, "output.weight").UInt32(2).UInt64(32).UInt64(2).UInt32(8).UInt64(0);
        return file.Zeros(((file.Length + 63) / 64 * 64) - file.Length).Zeros(2 * 34).ToArray();
    }

    /// <summary>A file of TorchSharp's <c>module.save</c> with tensors of so many 32-bit numbers.</summary>
    public static byte[] TorchSharp(params int[] lengths)
    {
        var file = new BinaryText().Varint((ulong)lengths.Length);
        for (var i = 0; i < lengths.Length; i++)
        {
            var name = $"layer{i}.weight";
            file.Varint((ulong)name.Length).Text(name).Varint(6).Varint(2).Varint((ulong)lengths[i]).Varint(1).Zeros(4 * lengths[i]);
        }

        return file.ToArray();
    }

    /// <summary>A model of ML.NET.</summary>
    public static byte[] MlNet() => Zip("TrainingInfo/Version.txt", "TransformerChain/Model.key", "Schema");

    /// <summary>A zip with such entries.</summary>
    public static byte[] Zip(params string[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in entries)
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var content = entry.Open();
                content.Write("content"u8);
            }
        }

        return stream.ToArray();
    }

    /// <summary>The index of a TensorFlow checkpoint with one tensor of so many bytes in each data file.</summary>
    public static byte[] TensorBundleIndex(params int[] dataLengths)
    {
        var header = new BinaryText().Varint(8).Varint((ulong)dataLengths.Length).Bytes([0x1A, 2, 8, 1]).ToArray();
        var block = Entry(new BinaryText(), 0, "", header);
        for (var i = 0; i < dataLengths.Length; i++)
        {
            var entry = new BinaryText().Bytes([8, 1]).Bytes([0x12, 4, 0x12, 2, 8, 4]).Varint(0x18).Varint((ulong)i).Varint(0x28).Varint((ulong)dataLengths[i])
                .Bytes([0x35, 1, 2, 3, 4]).ToArray();
            Entry(block, i == 0 ? 0 : 5, i == 0 ? "layer0/kernel" : $"{i}/kernel", entry);
        }

        var data = block.UInt32(0).UInt32(1).ToArray();
        var metaindex = new BinaryText().UInt32(0).UInt32(1).ToArray();
        var file = new BinaryText().Bytes(data).Zeros(5);
        var (metaOffset, dataHandle) = (file.Length, new BinaryText().Varint(0).Varint((ulong)data.Length).ToArray());
        file.Bytes(metaindex).Zeros(5);
        var directory = Entry(new BinaryText(), 0, "z", dataHandle).UInt32(0).UInt32(1).ToArray();
        var footer = new BinaryText().Varint((ulong)metaOffset).Varint((ulong)metaindex.Length).Varint((ulong)file.Length).Varint((ulong)directory.Length);
        file.Bytes(directory).Zeros(5).Bytes(footer.ToArray()).Zeros(40 - footer.Length);
        return file.UInt64(0xDB47_7524_8B80_FB57).ToArray();
    }

    private static BinaryText Entry(BinaryText block, int shared, string key, byte[] value) =>
        block.Varint((ulong)shared).Varint((ulong)key.Length).Varint((ulong)value.Length).Text(key).Bytes(value);

    private static BinaryText Name(BinaryText file, string name) => file.UInt64((ulong)name.Length).Text(name);
}
