using System.Collections;

namespace Trainctl.Watching.Snapshots;

/// <summary>
/// All objects of a location as one look found them, in a few tens of bytes for each: packed one after the other, keys without what they share with the
/// one before. Can only be read from the start, which is all that a comparison needs.
/// </summary>
internal sealed class WatchSnapshot : IEnumerable<WatchEntry>
{
    private readonly List<byte[]> _chunks;

    private WatchSnapshot(List<byte[]> chunks) => _chunks = chunks;

    /// <summary>How many bytes the entries take.</summary>
    public long Bytes => _chunks.Sum(static c => (long)c.Length);

    /// <summary>Packs entries that come in the order of their keys.</summary>
    public static WatchSnapshot Of(IEnumerable<WatchEntry> entries)
    {
        var builder = new Builder();
        foreach (var entry in entries)
            builder.Add(entry);
        return builder.Build();
    }

    public IEnumerator<WatchEntry> GetEnumerator()
    {
        foreach (var chunk in _chunks)
        {
            var reader = new EntryReader(chunk);
            while (reader.Next() is { } entry)
                yield return entry;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Makes a snapshot while a listing comes in.</summary>
    internal sealed class Builder
    {
        /// <summary>Chunks do not move when there are more, so that nothing is copied and nothing grows beyond what is needed.</summary>
        private const int ChunkBytes = 64 * 1024;

        private readonly List<byte[]> _chunks = [];
        private EntryWriter _writer = new(ChunkBytes);

        public void Add(WatchEntry entry)
        {
            if (_writer.TryAdd(entry))
                return;
            Seal();
            var length = Math.Max(ChunkBytes, EntryWriter.MostBytes(entry));
            _writer = new EntryWriter(length);
            _writer.TryAdd(entry);
        }

        public WatchSnapshot Build()
        {
            Seal();
            return new WatchSnapshot(_chunks);
        }

        private void Seal()
        {
            if (_writer.ToArray() is { Length: > 0 } content)
                _chunks.Add(content);
        }
    }
}
