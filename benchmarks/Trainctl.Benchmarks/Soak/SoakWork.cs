using System.Globalization;
using Trainctl.Benchmarks.Catalogue;
using Trainctl.Benchmarks.Peers;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Verification;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Benchmarks.Soak;

/// <summary>
/// One round of a training repository's life: some data has changed and is synchronized up and down, a checkpoint was written and is published, what
/// retention does not keep is pruned on both sides, and all is listed. What there is stays as much as it was.
/// </summary>
internal sealed class SoakWork
{
    private const int SmallFiles = 40;
    private const int SmallBytes = 64 * 1024;
    private const int ChangedFiles = 10;

    // More than one part; not often, since a server in memory keeps what is deleted.
    private const int LargeBytes = 20 * 1024 * 1024;
    private const int RoundsBetweenLarge = 10;

    private const int FilesOfCheckpoint = CheckpointFiles.MinCount;
    private const int KeepLast = 3;

    /// <summary>The first one says of itself that it is the best.</summary>
    private const int Kept = KeepLast + 1;

    private readonly PeerBucket _bucket;
    private readonly TrainctlEngine _engine;
    private readonly string _data;
    private readonly string _back;
    private readonly string _run;
    private readonly byte[] _content = new byte[LargeBytes];
    private readonly Random _random = new(1);
    private int _round;

    public SoakWork(BenchServer server, string folder)
    {
        (_data, _back, _run) = (Path.Join(folder, "data"), Path.Join(folder, "back"), Path.Join(folder, "run"));
        var warmUp = Directory.CreateDirectory(Path.Join(folder, "warm-up")).FullName;
        File.WriteAllText(Path.Join(warmUp, "file"), "content");
        _bucket = new PeerBucket(server, warmUp);
        _engine = new TrainctlEngine(server.Host);
    }

    public long Objects { get; private set; }

    public long Checkpoints { get; private set; }

    public long Pruned { get; private set; }

    private ObjectUrl DataUrl => ObjectUrl.Parse($"s3://{_bucket.Name}/data");

    private ObjectUrl RunUrl => ObjectUrl.Parse($"s3://{_bucket.Name}/run");

    public Task StartAsync()
    {
        Directory.CreateDirectory(_data);
        for (var i = 0; i < SmallFiles; i++)
            Write(i, SmallBytes);
        return _bucket.OpenAsync();
    }

    public async Task RoundAsync()
    {
        Change();
        var up = await _engine.SyncAsync(new SyncSettings { Source = ObjectUrl.Parse(_data), Destination = DataUrl, Delete = true });
        var down = await _engine.SyncAsync(new SyncSettings { Source = DataUrl, Destination = ObjectUrl.Parse(_back), Delete = true });
        Objects += Done(up) + Done(down);

        WriteCheckpoint();
        var publishing = await _engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = ObjectUrl.Parse(_run), Destination = RunUrl });
        Objects += Done(publishing);
        Checkpoints++;
        foreach (var place in (ObjectUrl[])[ObjectUrl.Parse(_run), RunUrl])
        {
            var pruning = await _engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = place, KeepLast = KeepLast });
            Done(pruning);
            Pruned += pruning.Units.Count(static u => u.Result == PruneResult.Removed);
        }

        Done(await _engine.ListAsync(new ListSettings { Location = ObjectUrl.Parse($"s3://{_bucket.Name}"), Recursive = true }));
        _round++;
    }

    /// <summary>Fails unless all is where it should be: work that is not done takes no memory either.</summary>
    /// <exception cref="PeerException">It is not.</exception>
    public async Task CheckAsync()
    {
        FileComparison.Require(_data, _back, null, isThorough: true);
        foreach (var place in (ObjectUrl[])[ObjectUrl.Parse(_run), RunUrl])
        {
            var found = await _engine.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = place });
            if (found.ExitCode != 0 || found.Units.Count != Kept)
                throw new PeerException($"{found.Units.Count} checkpoints are in '{place}', not {Kept} whole ones. {found.FailureText}");
        }
    }

    public Task RemoveAsync() => _bucket.RemoveAsync();

    private static long Done(Report report) => report.ExitCode == 0
        ? report.Objects.Count(static o => o.Result == OutcomeResult.Done)
        : throw new PeerException($"{report.Operation} ended with exit code {report.ExitCode}. {report.FailureText} {report.Objects.FirstOrDefault(static o => o.Error is not null)?.Error}");

    private void Change()
    {
        for (var i = 0; i < ChangedFiles; i++)
            Write(((_round * ChangedFiles) + i) % SmallFiles, SmallBytes);
        if (_round % RoundsBetweenLarge == 0)
            Write(SmallFiles, LargeBytes);
    }

    private void Write(int file, int bytes)
    {
        var content = _content.AsSpan(0, bytes);
        _random.NextBytes(content);
        File.WriteAllBytes(Path.Join(_data, string.Create(CultureInfo.InvariantCulture, $"file-{file:000}.bin")), content);
    }

    private void WriteCheckpoint()
    {
        var step = (_round + 1) * 100;
        var folder = Directory.CreateDirectory(Path.Join(_run, string.Create(CultureInfo.InvariantCulture, $"checkpoint-{step}")));
        foreach (var (name, content) in CheckpointFiles.Of(step, FilesOfCheckpoint))
            File.WriteAllBytes(Path.Join(folder.FullName, name), content);
    }
}
