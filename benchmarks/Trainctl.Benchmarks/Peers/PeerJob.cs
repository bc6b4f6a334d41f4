namespace Trainctl.Benchmarks.Peers;

internal enum PeerVerb
{
    Upload,
    Download,
    List,

    /// <summary>Everything below <see cref="PeerJob.GoneUrl"/>, with one object beside it that stays.</summary>
    Delete,

    /// <summary>Up, where all is there already.</summary>
    Sync,
}

/// <summary>What a program is to do once.</summary>
/// <param name="Verb">The kind of work.</param>
/// <param name="Folder">The folder that is read or written. Of <see cref="PeerVerb.Delete"/>, the one with the only file that stays.</param>
/// <param name="File">The only file, to be named; null: all, by the folder.</param>
/// <param name="Bucket">Where.</param>
/// <param name="Prefix">Below which; with the separator at its end.</param>
internal sealed record PeerJob(PeerVerb Verb, string Folder, string? File, string Bucket, string Prefix)
{
    public const string Gone = "gone/";

    public string Url => $"s3://{Bucket}/{Prefix}";

    public string GoneUrl => Url + Gone;

    public string FilePath => Path.Join(Folder, File);
}
