using System.Buffers.Binary;
using System.Text;

namespace Trainctl.Testing;

/// <summary>Pickles (protocol 4) as frameworks write them; the opcodes are those of python/cpython: Lib/pickle.py.</summary>
public static class PickleFile
{
    /// <summary>
    /// The <c>.metadata</c> of a distributed checkpoint: which tensor is in which file, from which byte on
    /// (pytorch/pytorch: torch/distributed/checkpoint/filesystem.py, _StorageInfo).
    /// </summary>
    public static byte[] DistributedMetadata(IReadOnlyCollection<(string File, int Offset, int Length)> entries)
    {
        using var pickle = new MemoryStream();
        pickle.Write([0x80, 4]);
        Object(pickle, "torch.distributed.checkpoint.metadata", "Metadata");
        pickle.Write("}("u8);
        Text(pickle, "storage_data");
        pickle.Write("}("u8);
        foreach (var (index, (file, offset, length)) in entries.Index())
        {
            Text(pickle, $"model.layer{index}");
            Object(pickle, "torch.distributed.checkpoint.filesystem", "_StorageInfo");
            pickle.Write("}("u8);
            Text(pickle, "relative_path");
            Text(pickle, file);
            Text(pickle, "offset");
            Number(pickle, offset);
            Text(pickle, "length");
            Number(pickle, length);
            pickle.Write("ub"u8);
        }

        pickle.Write("uub."u8);
        return pickle.ToArray();
    }

    private static void Object(MemoryStream pickle, string module, string name)
    {
        Text(pickle, module);
        Text(pickle, name);
        pickle.Write([0x93, (byte)')', 0x81]);
    }

    private static void Text(MemoryStream pickle, string text)
    {
        pickle.Write([0x8c, (byte)text.Length]);
        pickle.Write(Encoding.ASCII.GetBytes(text));
    }

    private static void Number(MemoryStream pickle, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        pickle.WriteByte((byte)'J');
        pickle.Write(bytes);
    }
}
