using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Trainctl.BareClient;

/// <summary>Files of one folder to a prefix.</summary>
internal static partial class BareUpload
{
    public static void Run(BareStore store, string folder, string prefix, BareSettings settings)
    {
        var files = Directory.GetFiles(folder);
        var sizes = Array.ConvertAll(files, static f => new FileInfo(f).Length);
        var pieces = new List<Piece>();
        using var connection = store.Connect();
        for (var i = 0; i < files.Length; i++)
        {
            var upload = new Upload(files[i], prefix + Path.GetFileName(files[i]), (int)((sizes[i] + settings.Part - 1) / settings.Part));
            if (upload.Parts.Length > 1)
                upload.Id = UploadId().Match(connection.Ask(store.Head("POST", upload.Key, "uploads="))).Groups[1].Value;
            for (var part = 0; part < Math.Max(1, upload.Parts.Length); part++)
                pieces.Add(new Piece(upload, part, (long)part * settings.Part, (int)Math.Min(settings.Part, sizes[i] - ((long)part * settings.Part))));
        }

        BareWorkers.Run(store, settings.ConnectionsFor(sizes.DefaultIfEmpty().Max()), pieces, () =>
        {
            var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(settings.Part, sizes.Max()));
            return (connection, piece) => Send(store, connection, piece, buffer, settings.IsUnsigned);
        });
        foreach (var upload in pieces.Select(static p => p.Upload).Distinct().Where(static u => u.Id.Length > 0))
            connection.Ask(store.Head("POST", upload.Key, $"uploadId={upload.Id}", upload.Manifest), upload.Manifest);
    }

    private static void Send(BareStore store, BareConnection connection, Piece piece, byte[] buffer, bool isUnsigned)
    {
        var body = new ArraySegment<byte>(buffer, 0, piece.Length);
        using (var file = BareFile.ToRead(piece.Upload.Path))
            file.ReadAt(piece.Offset, body);
        var query = piece.Upload.Id.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"partNumber={piece.Number + 1}&uploadId={piece.Upload.Id}");
        var headers = connection.Ask(store.Head("PUT", piece.Upload.Key, query, body, isUnsigned), body, static _ => { });
        if (query.Length > 0)
            piece.Upload.Parts[piece.Number] = ETag().Match(headers).Groups[1].Value;
    }

    [GeneratedRegex("<UploadId>([^<]*)</UploadId>")]
    private static partial Regex UploadId();

    [GeneratedRegex("\r\netag: *\"?([^\"\r]*)", RegexOptions.IgnoreCase)]
    private static partial Regex ETag();

    private sealed class Upload(string path, string key, int parts)
    {
        public string Path => path;

        public string Key => key;

        /// <summary>Empty where the object goes in one piece.</summary>
        public string Id { get; set; } = "";

        /// <summary>ETags.</summary>
        public string[] Parts { get; } = new string[parts];

        public byte[] Manifest => Encoding.ASCII.GetBytes(
            $"<CompleteMultipartUpload>{string.Concat(Parts.Select(static (etag, i) => $"<Part><PartNumber>{i + 1}</PartNumber><ETag>{etag}</ETag></Part>"))}</CompleteMultipartUpload>");
    }

    private sealed record Piece(Upload Upload, int Number, long Offset, int Length);
}
