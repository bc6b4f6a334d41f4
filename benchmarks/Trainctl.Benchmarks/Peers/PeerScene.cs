using Trainctl.Benchmarks.Peers.Programs;
using Trainctl.Benchmarks.Transfers;
using Trainctl.Storage;

namespace Trainctl.Benchmarks.Peers;

/// <summary>What is there before a job, and whether it was done: a program that does less would look fast.</summary>
internal sealed class PeerScene(BenchServer server, string folder)
{
    private const string Kept = "kept";

    private readonly PeerBucket _bucket = new(server, WarmUp(folder));
    private IReadOnlyList<StoredObject> _before = [];

    public PeerBucket Bucket => _bucket;

    private string Downloads => Path.Join(folder, "down");

    /// <summary>Makes everything ready for one run.</summary>
    public async Task<PeerJob> PrepareAsync(PeerRow row, IContender contender, string output)
    {
        await _bucket.OpenAsync();
        var source = SourceOf(row.Files);
        var own = $"{row.Name}/{contender.Name}/";
        var shared = $"{Path.GetFileName(source)}/";
        switch (row.Verb)
        {
            case PeerVerb.Download:
                await _bucket.FillOnceAsync(shared, () => _bucket.UploadAsync(source, shared));
                Directory.CreateDirectory(Downloads);
                return new PeerJob(row.Verb, Downloads, row.File, _bucket.Name, shared);
            case PeerVerb.List:
                await _bucket.FillOnceAsync(shared, () => _bucket.UploadAsync(source, shared));
                return new PeerJob(row.Verb, source, null, _bucket.Name, shared);
            case PeerVerb.Delete:
                var kept = Path.Join(folder, Kept);
                new Workload(1, 1024).Fill(kept);
                await _bucket.UploadAsync(kept, own);
                await _bucket.UploadAsync(source, own + PeerJob.Gone);
                return new PeerJob(row.Verb, kept, null, _bucket.Name, own);
            case PeerVerb.Sync:
                // Each finds what it brought itself: they do not agree on what makes an object equal to a file.
                var job = new PeerJob(row.Verb, source, null, _bucket.Name, own);
                await _bucket.FillOnceAsync(own, () => contender.RunAsync(job, output));
                _before = await _bucket.ListAsync(own);
                return job;
            default:
                return new PeerJob(row.Verb, source, row.File, _bucket.Name, own);
        }
    }

    /// <summary>Fails when the job was not done, and clears away what it left.</summary>
    /// <param name="row">What it was.</param>
    /// <param name="job">What it was in detail.</param>
    /// <param name="output">Where the program's standard output is.</param>
    /// <param name="isThorough">Whether to compare every byte; else only names and sizes.</param>
    /// <exception cref="PeerException">It was not done.</exception>
    public async Task CheckAsync(PeerRow row, PeerJob job, string output, bool isThorough)
    {
        switch (row.Verb)
        {
            case PeerVerb.Upload:
                var stored = await _bucket.ListAsync(job.Prefix);
                Require(stored.Count == row.Files.Count && stored.All(o => o.Size == row.Files.Bytes), $"{stored.Count} objects were stored, not {row.Files.Count} of the right size");
                if (isThorough)
                    await ReadBackAsync(job);
                await _bucket.EmptyAsync(job.Prefix);
                break;
            case PeerVerb.Download:
                FileComparison.Require(SourceOf(row.Files), Downloads, row.Files, isThorough);
                Directory.Delete(Downloads, recursive: true);
                break;
            case PeerVerb.List:
                var lines = File.ReadLines(output + ".out").Count();
                Require(lines == row.Files.Count, $"{lines} lines were written, not {row.Files.Count}");
                break;
            case PeerVerb.Delete:
                var left = await _bucket.ListAsync(job.Prefix);
                Require(left.Count == 1, $"{left.Count} objects are left, not 1");
                break;
            default:
                var after = await _bucket.ListAsync(job.Prefix);
                Require(after.Count == row.Files.Count, $"{after.Count} objects are there, not {row.Files.Count}");
                Require(after.SequenceEqual(_before), "objects were written although nothing was to do");
                break;
        }
    }

    /// <summary>What a run stores, also while it is prepared.</summary>
    public static long BytesToStore(PeerRow row) => row.Verb is PeerVerb.Upload or PeerVerb.Delete or PeerVerb.Sync ? row.Files.TotalBytes : 0;

    private async Task ReadBackAsync(PeerJob job)
    {
        var back = Path.Join(folder, "back");
        await _bucket.DownloadAsync(job.Prefix, back);
        FileComparison.Require(job.Folder, back, null, isThorough: true);
        Directory.Delete(back, recursive: true);
    }

    private string SourceOf(Workload files)
    {
        var source = Path.Join(folder, $"{files.Count}x{files.Bytes}");
        if (!Directory.Exists(source))
            files.Fill(source);
        return source;
    }

    private static string WarmUp(string folder)
    {
        var source = Path.Join(folder, "warm-up");
        new Workload(200, 256 * 1024).Fill(source);
        return source;
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
            throw new PeerException(problem);
    }
}
