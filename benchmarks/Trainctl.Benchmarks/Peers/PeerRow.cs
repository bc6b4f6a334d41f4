using Trainctl.Benchmarks.Transfers;

namespace Trainctl.Benchmarks.Peers;

/// <summary>One line of the comparison.</summary>
/// <param name="Name">To choose it by.</param>
/// <param name="Verb">The kind of work.</param>
/// <param name="Files">What is moved, listed or deleted.</param>
/// <param name="WallGoal">What the ratio of wall times to s5cmd must not exceed.</param>
/// <param name="MemoryGoal">The same of peak memory.</param>
internal sealed record PeerRow(string Name, PeerVerb Verb, Workload Files, double WallGoal, double MemoryGoal)
{
    private const long Kibi = 1024;
    private const long Mebi = 1024 * Kibi;

    private static readonly Workload Small = new(5000, 16 * Kibi);
    private static readonly Workload Medium = new(64, 8 * Mebi);
    private static readonly Workload Large = new(1, 1024 * Mebi);

    public static readonly PeerRow[] All =
    [
        new("upload-small", PeerVerb.Upload, Small, 0.75, 0.7),
        new("download-small", PeerVerb.Download, Small, 0.50, 0.7),
        new("upload-large", PeerVerb.Upload, Large, 0.78, 1.0) { Remark = ", payload SHA-256", ForCrcStore = false },
        new("upload-large-crc", PeerVerb.Upload, Large, 0.55, 1.0) { Remark = ", store with CRC checksums", ForCrcStore = true },
        new("download-large", PeerVerb.Download, Large, 1.0, 1.0) { Remark = ", checksum verified" },
        new("upload-medium", PeerVerb.Upload, Medium, 0.70, 1.0),
        new("download-medium", PeerVerb.Download, Medium, 1.0, 1.0),
        new("list", PeerVerb.List, Small, 0.65, 0.6),
        new("delete", PeerVerb.Delete, Small, 0.85, 0.6),
        new("sync", PeerVerb.Sync, Small, 0.42, 0.25),
    ];

    /// <summary>More about it, for people.</summary>
    public string Remark { get; init; } = "";

    /// <summary>Whether it is for stores that keep CRC checksums; null: for all.</summary>
    public bool? ForCrcStore { get; init; }

    public string Text => Verb switch
    {
        PeerVerb.Sync => $"sync with nothing to do, {Files.Text}",
        _ => $"{(Verb switch { PeerVerb.Upload => "upload", PeerVerb.Download => "download", PeerVerb.List => "list", _ => "delete" })} {Files.Text}{Remark}",
    };

    /// <summary>The only file is named; of more, their folder.</summary>
    public string? File => Files.Count == 1 ? Workload.NameOf(0) : null;

    /// <summary>Smaller, for a quick look.</summary>
    public PeerRow Scaled(double factor) => this with { Files = Files.Scaled(factor) };

    /// <summary>Why it cannot run on the store; null when it can.</summary>
    public string? Obstacle(bool isCrcStore) => ForCrcStore is not { } wanted || wanted == isCrcStore
        ? null
        : isCrcStore ? "the store keeps CRC checksums" : "the store keeps no CRC checksums";
}
