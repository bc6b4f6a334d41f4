using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Checkpoints.Publishing;

/// <summary>
/// Two machines publish another content of one checkpoint to one place, and the second does all of it while the first is anywhere in its work. Whatever the
/// reports say, a manifest that is there is true of every byte.
/// </summary>
public sealed class TwoPublishersTests
{
    private const string Path = "run/checkpoint-5";
    private const string ManifestKey = Path + "/" + Manifest.FileName;

    /// <summary>Data goes at once, then the state, then the manifest.</summary>
    private const int Marker = 5;
    private const int Writes = 6;

    private static readonly EngineHost Host = new() { WorkingDirectory = System.IO.Path.GetTempPath(), Environment = static _ => null };
    private static readonly UploadCheckpointsSettings Settings = new() { Source = "s3://source", Destination = "s3://destination" };

    private MemoryStore _destination = null!;

    [SetUp]
    public void SetUp() => _destination = new MemoryStore("s3://destination", MemoryStore.S3Traits);

    [TearDown]
    public async Task TearDownAsync() => await _destination.DisposeAsync();

    [Test]
    public async Task The_second_publishes_while_the_first_is_anywhere([Range(1, Writes)] int write)
    {
        var report = await PublishAsync(Machine('a'), BeforeWrite(write, () => PublishAsync(Machine('b'), _destination)));

        await AssertNoManifestIsWrongAsync();
        if (write >= Marker)
            Assert.That(report.Units.Single().Result, Is.EqualTo(PublishResult.Failed), report.Units.Single().Why);
        Assert.That(await PublishAgainAsync(), Is.EqualTo(PublishResult.Published).Or.EqualTo(PublishResult.Unchanged));
    }

    [Test]
    public async Task The_first_dies_after_the_second_was_done([Range(1, Writes)] int write, [Range(1, Writes)] int death)
    {
        var count = 0;
        var store = BeforeWrite(write, () => PublishAsync(Machine('b'), _destination));
        var hook = store.OnWrite!;
        store.OnWrite = key =>
        {
            hook(key);
            if (++count >= death)
                throw new TrainctlException(TrainctlError.AccessDenied, "Denied.", key);
        };

        await PublishAsync(Machine('a'), store);

        await AssertNoManifestIsWrongAsync();
        Assert.That(await PublishAgainAsync(), Is.EqualTo(PublishResult.Published).Or.EqualTo(PublishResult.Unchanged));
    }

    [Test]
    public async Task The_first_is_cancelled_after_the_second_was_done([Range(2, Writes)] int write)
    {
        using var stop = new CancellationTokenSource();
        var store = BeforeWrite(write, async () =>
        {
            await PublishAsync(Machine('b'), _destination);
            await stop.CancelAsync();
        });

        Assert.That(() => PublishAsync(Machine('a'), store, stop.Token), Throws.InstanceOf<OperationCanceledException>());

        await AssertNoManifestIsWrongAsync();
    }

    [Test]
    public async Task Both_publish_the_same_bytes_and_both_succeed([Range(1, Writes)] int write)
    {
        var report = await PublishAsync(Machine('a'), BeforeWrite(write, () => PublishAsync(Machine('a'), _destination)));

        await AssertNoManifestIsWrongAsync();
        Assert.That(report.Units.Single().Result, Is.EqualTo(PublishResult.Published), report.Units.Single().Why);
        Assert.That(await _destination.HeadAsync(ManifestKey), Is.Not.Null);
    }

    [Test]
    public async Task A_prune_takes_it_away_while_it_is_published_again([Range(1, Writes)] int write)
    {
        await PublishAsync(Machine('b'), _destination);
        await PublishAsync(Machine('b', "run/checkpoint-6", 6), _destination);
        var prune = new PruneCheckpointsSettings { Location = "s3://destination", KeepLast = 1 };

        await PublishAsync(Machine('a'), BeforeWrite(write, () => new PruneCheckpoints(prune, Host, _destination).RunAsync(CancellationToken.None)));

        await AssertNoManifestIsWrongAsync();
    }

    private static MemoryStore Machine(char name, string path = Path, int step = 5)
    {
        var scene = new CatalogScene().HuggingFace(path, step, name == 'a' ? step : step + 1);
        foreach (var file in (string[])["optimizer.pt", "rng_state.pth"])
            scene.Put($"{path}/{file}", ModelFile.Zip(100, new string(name, 10)), name == 'a' ? step : step + 1);
        var model = ModelFile.Safetensors();
        model[^1] = (byte)name;
        return scene.Put($"{path}/model.safetensors", model, name == 'a' ? step : step + 1).Store;
    }

    private HookedStore BeforeWrite(int number, Func<Task> work)
    {
        var count = 0;
        return new HookedStore(_destination)
        {
            OnWrite = _ =>
            {
                if (Interlocked.Increment(ref count) == number)
                    work().GetAwaiter().GetResult();
            },
        };
    }

    private static Task<UploadCheckpointsReport> PublishAsync(IObjectStore source, IObjectStore destination, CancellationToken cancellationToken = default) =>
        new UploadCheckpoints(Settings, Host, source, destination).RunAsync(cancellationToken);

    private async Task<PublishResult> PublishAgainAsync()
    {
        var report = await PublishAsync(Machine('a'), _destination);
        await AssertNoManifestIsWrongAsync();
        return report.Units.Single().Result;
    }

    private async Task AssertNoManifestIsWrongAsync()
    {
        await foreach (var found in _destination.ListAsync(new ListRequest()).Where(static o => Manifest.IsManifestKey(o.Key)))
        {
            var text = new byte[found.Size];
            await ContentReader.ReadAsync(_destination, found, null, text, CancellationToken.None);
            var manifest = ManifestJson.Read(text, found.Key)!;
            foreach (var entry in manifest.Objects)
            {
                var there = await _destination.HeadAsync(found.Key[..(found.Key.LastIndexOf('/') + 1)] + entry.Key);
                Assert.That(there, Is.Not.Null, $"{entry.Key} is listed and missing");
                var checksum = await ContentReader.ReadChecksumAsync(_destination, there!, static _ => { }, CancellationToken.None);
                Assert.That(checksum.ToString(), Is.EqualTo(entry.Checksum), entry.Key);
            }
        }
    }
}
