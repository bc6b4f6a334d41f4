using System.Text;

namespace Trainctl.Testing.Fuzzing;

/// <summary>Damages content: what a crash, a bad disk, a careless hand or an attacker makes of it.</summary>
internal static class Mutation
{
    private const int MostEdits = 4;
    private const int LongestChunk = 64;
    private const int MostCopies = 40;

    private static readonly Func<byte[], Random, byte[]>[] Edits =
        [Truncate, Flip, Flip, Overwrite, Overwrite, Remove, Repeat, Insert, Insert, JsonMutation.Replace, JsonMutation.Replace, JsonMutation.Replace];

    private static readonly byte[][] Extremes =
    [
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0x80],
        [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [0, 0, 0, 0, 0, 0, 0, 0], [0xFF, 0xFF], [0xC3], [0xED, 0xA0, 0x80],
    ];

    /// <summary>Content of its own, or one of the valid ones with a few edits.</summary>
    public static byte[] Of(IReadOnlyList<byte[]> valid, Random random)
    {
        if (random.Next(10) == 0)
            return Noise(random);
        var content = valid[random.Next(valid.Count)];
        for (var i = random.Next(MostEdits); i >= 0; i--)
            content = Edits[random.Next(Edits.Length)](content, random);
        return content;
    }

    /// <summary>What any part of a file may be replaced with: what is too large, too deep, of another kind or no text at all.</summary>
    public static byte[] Nasty(Random random) => random.Next(12) switch
    {
        0 => "null"u8.ToArray(),
        1 => "99999999999999999999"u8.ToArray(),
        2 => "-1"u8.ToArray(),
        3 => "1e999"u8.ToArray(),
        4 => "\"\\ud800\""u8.ToArray(),
        5 => [(byte)'"', 0xC3, (byte)'"'],
        6 => "[]"u8.ToArray(),
        7 => "{}"u8.ToArray(),
        8 => "[null]"u8.ToArray(),
        9 => Deep(random),
        10 => "\"../../../../etc/passwd\""u8.ToArray(),
        _ => Encoding.UTF8.GetBytes($"\"{new string('x', random.Next(5000))}\""),
    };

    private static byte[] Deep(Random random)
    {
        var open = random.Next(2) == 0 ? "[" : "{\"a\":";
        var count = 1 << random.Next(4, 16);
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(open, count)) + (open == "[" && random.Next(2) == 0 ? new string(']', count) : ""));
    }

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(300)];
        random.NextBytes(noise);
        return noise;
    }

    private static byte[] Truncate(byte[] content, Random random) => content[..random.Next(content.Length + 1)];

    private static byte[] Flip(byte[] content, Random random)
    {
        var flipped = content.ToArray();
        for (var i = random.Next(3); i >= 0 && flipped.Length > 0; i--)
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static byte[] Overwrite(byte[] content, Random random)
    {
        var over = Extremes[random.Next(Extremes.Length)];
        if (content.Length < over.Length)
            return over;
        var written = content.ToArray();
        over.CopyTo(written, random.Next(written.Length - over.Length + 1));
        return written;
    }

    private static byte[] Remove(byte[] content, Random random)
    {
        var (from, to) = Chunk(content, random);
        return [.. content.AsSpan(0, from), .. content.AsSpan(to)];
    }

    private static byte[] Repeat(byte[] content, Random random)
    {
        var (from, to) = Chunk(content, random);
        var repeated = Enumerable.Repeat(content[from..to], random.Next(1, MostCopies)).SelectMany(static c => c);
        return [.. content[..to], .. repeated, .. content[to..]];
    }

    private static byte[] Insert(byte[] content, Random random)
    {
        var at = random.Next(content.Length + 1);
        return [.. content.AsSpan(0, at), .. Nasty(random), .. content.AsSpan(at)];
    }

    private static (int From, int To) Chunk(byte[] content, Random random)
    {
        var from = random.Next(content.Length + 1);
        return (from, Math.Min(content.Length, from + random.Next(LongestChunk)));
    }
}
