using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Training;
using Trainctl.Training.Publishing;

namespace Trainctl.Tests.Training;

/// <summary>Looking and publishing step by step, without a process and without time.</summary>
internal sealed class LiveScene : IDisposable
{
    private readonly CheckpointLooks _looks;
    private readonly BacklogPublisher _publisher;

    public LiveScene(int maxHeld = 3)
    {
        Settings = new RunTrainingSettings
        {
            Script = "train.py", Checkpoints = Folder.Combine("checkpoints"), Upload = "s3://destination", MaxHeldCheckpoints = maxHeld,
        };
        Source = new HookedStore(new FolderStore(Settings.Checkpoints!));
        Destination = new HookedStore(new MemoryStore("s3://destination", MemoryStore.S3Traits));
        Backlog = new Backlog(Settings.Interval);
        var upload = new UploadCheckpointsSettings { Source = Settings.Checkpoints!, Destination = Settings.Upload! };
        _looks = new CheckpointLooks(Settings, TestHost.For(Folder), Source, Backlog);
        _publisher = new BacklogPublisher(upload, TestHost.For(Folder), Backlog, Source, Destination);
    }

    public TemporaryFolder Folder { get; } = new();

    public RunTrainingSettings Settings { get; }

    public HookedStore Source { get; }

    public HookedStore Destination { get; }

    public Backlog Backlog { get; }

    public CheckpointCatalog? Latest => _looks.Latest;

    public PublishingResult Result => PublishingResult.Of(Settings, Backlog, _looks, _publisher);

    public void Save(params int[] steps)
    {
        foreach (var step in steps)
            HuggingFaceRun.Write(Folder, "checkpoints/run", step);
    }

    public string Path(int step, string name = "") => Folder.Combine($"checkpoints/run/checkpoint-{step}/{name}");

    public async Task LookAsync(int times = 1)
    {
        for (var i = 0; i < times; i++)
            await _looks.LookAsync(hasEnded: false, CancellationToken.None);
    }

    /// <summary>Publishes all that is due, newest first, and answers the paths that were tried.</summary>
    public async Task<string[]> PublishAsync()
    {
        var paths = new List<string>();
        Assert.That(await _publisher.ListAsync(CancellationToken.None), Is.True);
        var tried = new HashSet<TrackedCheckpoint>();
        while (Backlog.TakeNewest(null, tried) is { } job)
        {
            tried.Add(job.Tracked);
            paths.Add(job.Unit.Path);
            await _publisher.PublishAsync(job, CancellationToken.None);
        }

        return [.. paths];
    }

    /// <summary>What a manifest at the destination lists; null where there is none.</summary>
    public async Task<string[]?> ManifestAsync(int step)
    {
        var key = $"run/checkpoint-{step}/{Manifest.FileName}";
        if (await Destination.HeadAsync(key) is null)
            return null;
        return [.. ManifestJson.Read(await ReadAsync(key), key)!.Objects.Select(static o => o.Key)];
    }

    public async Task<byte[]> ReadAsync(string key)
    {
        var copy = new MemoryStream();
        await using (var stream = await ((IObjectReader)Destination).OpenReadAsync(key))
            await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _looks.Dispose();
        Folder.Dispose();
    }
}
