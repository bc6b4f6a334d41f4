using Trainctl.Benchmarks.Peers;
using Trainctl.Benchmarks.Transfers;

namespace Trainctl.Benchmarks.Hosts;

/// <summary>One line of the comparison: a sync up, down, or with nothing to do.</summary>
/// <param name="Name">To choose it by.</param>
/// <param name="Verb">The kind of work.</param>
/// <param name="Files">What is moved or compared.</param>
internal sealed record HostRow(string Name, PeerVerb Verb, Workload Files)
{
    private static readonly Workload Small = new(5000, 16 * 1024);
    private static readonly Workload Large = new(1, 256 * 1024 * 1024);

    public static readonly HostRow[] All =
    [
        new("upload-small", PeerVerb.Upload, Small),
        new("download-small", PeerVerb.Download, Small),
        new("sync", PeerVerb.Sync, Small),
        new("upload-large", PeerVerb.Upload, Large),
        new("download-large", PeerVerb.Download, Large),
    ];

    public string Text => Verb switch
    {
        PeerVerb.Upload => $"upload {Files.Text}",
        PeerVerb.Download => $"download {Files.Text}",
        _ => $"sync with nothing to do, {Files.Text}",
    };

    /// <summary>Smaller, for a quick look.</summary>
    public HostRow Scaled(double factor) => this with { Files = Files.Scaled(factor) };
}

/// <summary>One sync, from a folder or URL to another.</summary>
internal sealed record HostJob(string Source, string Destination);
