using System.Globalization;

namespace Trainctl.BareClient;

/// <summary>Objects below a prefix to one folder.</summary>
internal static class BareDownload
{
    public static void Run(BareStore store, string folder, string prefix, BareSettings settings)
    {
        var objects = store.List(prefix);
        var pieces = objects.SelectMany(o => Cut(o.Key, o.Size, settings.Part)).ToList();
        BareWorkers.Run(store, settings.ConnectionsFor(objects.Select(static o => o.Size).DefaultIfEmpty().Max()), pieces, () =>
            (connection, piece) => Receive(store, connection, piece, Path.Join(folder, piece.Key[prefix.Length..])));
    }

    private static IEnumerable<Piece> Cut(string key, long size, int part)
    {
        for (var offset = 0L; offset < Math.Max(1, size); offset += part)
            yield return new Piece(key, offset, size <= part ? null : string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-{Math.Min(offset + part, size) - 1}"));
    }

    private static void Receive(BareStore store, BareConnection connection, Piece piece, string path)
    {
        using var file = BareFile.ToWrite(path);
        var offset = piece.Offset;
        connection.Ask(store.Head("GET", piece.Key, range: piece.Range), default, bytes =>
        {
            file.WriteAt(offset, bytes);
            offset += bytes.Length;
        });
    }

    private sealed record Piece(string Key, long Offset, string? Range);
}
