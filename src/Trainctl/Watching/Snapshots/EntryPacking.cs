using System.Buffers.Binary;
using System.Text;

namespace Trainctl.Watching.Snapshots;

/// <summary>
/// Packs entries into one array. Each is: bytes of the key shared with the one before, bytes of the rest, the rest in UTF-8, size, time as ticks, length
/// of the ETag plus 1 (0: none), ETag. Numbers but the time have seven bits in each byte, the lowest first.
/// </summary>
internal sealed class EntryWriter(int capacity)
{
    private const int MostNumberBytes = 10;
    private const int TimeBytes = sizeof(long);
    private readonly byte[] _bytes = new byte[capacity];
    private byte[] _previous = [];
    private int _length;

    public byte[] ToArray() => _bytes[.._length];

    /// <summary>More than which an entry never takes.</summary>
    public static int MostBytes(WatchEntry entry) =>
        Encoding.UTF8.GetMaxByteCount(entry.Key.Length) + Encoding.UTF8.GetMaxByteCount(entry.ETag?.Length ?? 0) + (4 * MostNumberBytes) + TimeBytes;

    /// <summary>False when there may be no room for it any more.</summary>
    public bool TryAdd(WatchEntry entry)
    {
        if (_bytes.Length - _length < MostBytes(entry))
            return false;
        var key = Encoding.UTF8.GetBytes(entry.Key);
        var shared = key.AsSpan().CommonPrefixLength(_previous);
        _previous = key;
        Add((ulong)shared);
        Add((ulong)(key.Length - shared));
        key.AsSpan(shared).CopyTo(_bytes.AsSpan(_length));
        _length += key.Length - shared;
        Add((ulong)entry.Size);
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_length), entry.ModifiedAt.UtcTicks);
        _length += TimeBytes;
        Add(entry.ETag is { } tag ? (ulong)Encoding.UTF8.GetByteCount(tag) + 1 : 0);
        if (entry.ETag is { } etag)
            _length += Encoding.UTF8.GetBytes(etag, _bytes.AsSpan(_length));
        return true;
    }

    private void Add(ulong number)
    {
        for (; number >= 0x80; number >>= 7)
            _bytes[_length++] = (byte)(number | 0x80);
        _bytes[_length++] = (byte)number;
    }
}

/// <summary>Reads what an <see cref="EntryWriter"/> packed.</summary>
internal sealed class EntryReader(byte[] content)
{
    private byte[] _key = new byte[256];
    private int _at;

    /// <summary>Null at the end.</summary>
    public WatchEntry? Next()
    {
        if (_at == content.Length)
            return null;
        var shared = Number();
        var rest = Number();
        if (_key.Length < shared + rest)
            Array.Resize(ref _key, Math.Max(shared + rest, _key.Length * 2));
        Bytes(rest).CopyTo(_key.AsSpan(shared));
        var size = Long();
        var time = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(Bytes(sizeof(long))), TimeSpan.Zero);
        var tag = Number();
        return new WatchEntry
        {
            Key = Encoding.UTF8.GetString(_key.AsSpan(0, shared + rest)),
            Size = size,
            ModifiedAt = time,
            ETag = tag == 0 ? null : Encoding.UTF8.GetString(Bytes(tag - 1)),
        };
    }

    private ReadOnlySpan<byte> Bytes(int count)
    {
        var bytes = content.AsSpan(_at, count);
        _at += count;
        return bytes;
    }

    private int Number() => (int)Long();

    private long Long()
    {
        ulong number = 0;
        var shift = 0;
        byte next;
        do
        {
            next = content[_at++];
            number |= (ulong)(next & 0x7F) << shift;
            shift += 7;
        }
        while (next >= 0x80);
        return (long)number;
    }
}
