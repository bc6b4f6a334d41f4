using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Storage;
using Trainctl.Storage.Memory;

namespace Trainctl.Tests.Checkpoints;

/// <summary>Small reads wait for a far store together, and not for each other; and never for too many at once.</summary>
public sealed class CatalogConcurrencyTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Test]
    public async Task Manifests_are_read_32_at_a_time()
    {
        var scene = new CatalogScene();
        for (var step = 1; step <= 80; step++)
            scene.HuggingFace(string.Create(CultureInfo.InvariantCulture, $"a/checkpoint-{step}"), step);
        var published = new MemoryStore("s3://memory2", MemoryStore.S3Traits);
        var host = new EngineHost { WorkingDirectory = "/", Environment = static _ => null };
        await new UploadCheckpoints(new() { Source = "s3://memory", Destination = "s3://memory2" }, host, scene.Store, published).RunAsync(CancellationToken.None);
        var store = new PatientReader(published, expected: 32, static key => Manifest.IsManifestKey(key));

        var catalog = await CheckpointCatalog.ReadAsync(store);

        Assert.That(catalog.Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete).And.Exactly(80).Items);
        Assert.That(store.MostAtOnce, Is.EqualTo(32));
    }

    [Test]
    public async Task Newest_checkpoints_of_several_runs_are_looked_into_at_once_8_at_a_time()
    {
        var scene = new CatalogScene();
        for (var run = 1; run <= 20; run++)
            scene.HuggingFace(string.Create(CultureInfo.InvariantCulture, $"run-{run}/checkpoint-5"), 5);
        var store = new PatientReader(scene.Store, expected: 8, static key => key.EndsWith("trainer_state.json", StringComparison.Ordinal));

        var catalog = await CheckpointCatalog.ReadAsync(store);

        Assert.That(catalog.Units.Select(static u => u.State), Is.All.EqualTo(CheckpointState.Complete).And.Exactly(20).Items);
        Assert.That(store.MostAtOnce, Is.EqualTo(8));
    }

    [Test]
    public async Task Pointers_are_read_together()
    {
        var scene = new CatalogScene();
        for (var run = 1; run <= 20; run++)
            scene.HuggingFace(string.Create(CultureInfo.InvariantCulture, $"run-{run}/checkpoint-5"), 5).Put($"run-{run}/trainer_state.json", "{\"global_step\":5,\"best_global_step\":5}");
        var store = new PatientReader(scene.Store, expected: 16, static key => key.Count(static c => c == '/') == 1);

        var catalog = await CheckpointCatalog.ReadAsync(store);

        Assert.That(catalog.Pointers.Select(static p => p.Targets.Count), Is.All.EqualTo(1).And.Exactly(20).Items);
        Assert.That(store.MostAtOnce, Is.EqualTo(16));
    }

    /// <summary>Answers no chosen read before so many of them are asked for, and counts those that wait.</summary>
    private sealed class PatientReader(IObjectReader inner, int expected, Func<string, bool> isChosen) : IObjectReader
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private int _waiting;

        public int MostAtOnce { get; private set; }

        public ObjectUrl Root => inner.Root;

        public StoreTraits Traits => inner.Traits;

        public IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => inner.ListAsync(request, cancellationToken);

        public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default) => inner.HeadAsync(key, cancellationToken);

        public async Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default)
        {
            if (!isChosen(key))
                return await inner.OpenReadAsync(key, range, ifMatch, cancellationToken);
            Count(1);
            await _enough.Task.WaitAsync(Patience, cancellationToken);
            var content = await inner.OpenReadAsync(key, range, ifMatch, cancellationToken);
            Count(-1);
            return content;
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private void Count(int change)
        {
            lock (_gate)
            {
                _waiting += change;
                MostAtOnce = Math.Max(MostAtOnce, _waiting);
                if (_waiting >= expected)
                    _enough.TrySetResult();
            }
        }
    }
}
