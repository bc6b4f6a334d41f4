using System.Globalization;

namespace Trainctl.Benchmarks.Transfers;

/// <summary>Files of one size to move.</summary>
internal sealed record Workload(int Count, long Bytes)
{
    private const long KibiByte = 1024;
    private const long MebiByte = 1024 * KibiByte;
    private const long GibiByte = 1024 * MebiByte;

    public static readonly Workload[] Default = [new(2000, 16 * KibiByte), new(64, 8 * MebiByte), new(1, 1024 * MebiByte)];

    public string Text => Bytes switch
    {
        >= GibiByte when Bytes % GibiByte == 0 => string.Create(CultureInfo.InvariantCulture, $"{Count:#,0} x {Bytes / GibiByte} GiB"),
        >= MebiByte => string.Create(CultureInfo.InvariantCulture, $"{Count:#,0} x {Bytes / MebiByte} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Count:#,0} x {Bytes / KibiByte} KiB"),
    };

    /// <summary>All together.</summary>
    public long TotalBytes => Count * Bytes;

    /// <summary>Smaller, for a quick look: fewer files, or of a single one fewer bytes.</summary>
    public Workload Scaled(double factor) => Count == 1
        ? this with { Bytes = Math.Max(KibiByte, (long)(Bytes * factor) / KibiByte * KibiByte) }
        : this with { Count = Math.Max(2, (int)(Count * factor)) };

    /// <summary>The name of one of the files.</summary>
    public static string NameOf(int file) => file.ToString("00000", CultureInfo.InvariantCulture);

    /// <summary>Reads <c>2000x16K</c> or <c>64x8M</c>.</summary>
    public static Workload Parse(string text)
    {
        var fields = text.Split('x');
        var unit = fields[1][^1] switch { 'K' => KibiByte, 'M' => MebiByte, _ => throw new FormatException($"'{text}' is not like 2000x16K or 64x8M.") };
        return new Workload(int.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1][..^1], CultureInfo.InvariantCulture) * unit);
    }

    /// <summary>Writes the files, with content that does not compress.</summary>
    public void Fill(string folder)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(Count);
        var block = new byte[Math.Min(Bytes, MebiByte)];
        for (var i = 0; i < Count; i++)
        {
            using var file = File.Create(Path.Join(folder, NameOf(i)));
            for (var left = Bytes; left > 0; left -= block.Length)
            {
                random.NextBytes(block);
                file.Write(block.AsSpan(0, (int)Math.Min(left, block.Length)));
            }
        }
    }
}
