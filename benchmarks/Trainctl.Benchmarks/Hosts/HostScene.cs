using Trainctl.Benchmarks.Peers;
using Trainctl.Storage;

namespace Trainctl.Benchmarks.Hosts;

/// <summary>What is there before the jobs of one host, and whether they were done.</summary>
/// <param name="bucket">Where objects go.</param>
/// <param name="folder">Where files go.</param>
/// <param name="operations">How often each process does the same.</param>
internal sealed class HostScene(PeerBucket bucket, string folder, int operations)
{
    private const string Synced = "synced/";

    private IReadOnlyList<StoredObject> _before = [];

    private string Downloads => Path.Join(folder, "down");

    public async Task<IReadOnlyList<HostJob>> PrepareAsync(HostRow row)
    {
        await bucket.OpenAsync();
        var source = SourceOf(row);
        var shared = Path.GetFileName(source) + "/";
        switch (row.Verb)
        {
            case PeerVerb.Upload:
                return Jobs(i => new HostJob(source, Url(Uploaded(row, i))));
            case PeerVerb.Download:
                await bucket.FillOnceAsync(shared, () => bucket.UploadAsync(source, shared));
                return Jobs(i => new HostJob(Url(shared), Path.Join(Downloads, $"{i}")));
            default:
                await bucket.FillOnceAsync(Synced, () => bucket.UploadAsync(source, Synced));
                _before = await bucket.ListAsync(Synced);
                return Jobs(_ => new HostJob(source, Url(Synced)));
        }
    }

    /// <summary>Fails when a job was not done, and clears away what it left.</summary>
    /// <param name="row">What it was.</param>
    /// <param name="isThorough">Whether to compare every byte; else only names and sizes.</param>
    /// <exception cref="PeerException">It was not done.</exception>
    public async Task CheckAsync(HostRow row, bool isThorough)
    {
        for (var i = 0; i < operations; i++)
        {
            switch (row.Verb)
            {
                case PeerVerb.Upload:
                    var stored = await bucket.ListAsync(Uploaded(row, i));
                    if (stored.Count != row.Files.Count || stored.Any(o => o.Size != row.Files.Bytes))
                        throw new PeerException($"{stored.Count} objects were stored, not {row.Files.Count} of the right size");
                    if (isThorough)
                        await CompareAsync(row, Uploaded(row, i));
                    await bucket.EmptyAsync(Uploaded(row, i));
                    break;
                case PeerVerb.Download:
                    FileComparison.Require(SourceOf(row), Path.Join(Downloads, $"{i}"), row.Files, isThorough);
                    Directory.Delete(Path.Join(Downloads, $"{i}"), recursive: true);
                    break;
                default:
                    if (!(await bucket.ListAsync(Synced)).SequenceEqual(_before))
                        throw new PeerException("objects were written although nothing was to do");
                    break;
            }
        }
    }

    private async Task CompareAsync(HostRow row, string prefix)
    {
        await bucket.DownloadAsync(prefix, Downloads);
        FileComparison.Require(SourceOf(row), Downloads, row.Files, isThorough: true);
        Directory.Delete(Downloads, recursive: true);
    }

    private IReadOnlyList<HostJob> Jobs(Func<int, HostJob> job) => [.. Enumerable.Range(0, operations).Select(job)];

    private static string Uploaded(HostRow row, int job) => $"{row.Name}/{job}/";

    private string Url(string prefix) => $"s3://{bucket.Name}/{prefix}";

    private string SourceOf(HostRow row)
    {
        var source = Path.Join(folder, $"{row.Files.Count}x{row.Files.Bytes}");
        if (!Directory.Exists(source))
            row.Files.Fill(source);
        return source;
    }
}
