using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints;

/// <summary>What a plan costs with very many checkpoints: 50,000 objects in 2,000 of them, in 20 runs.</summary>
public sealed class CatalogScaleTests
{
    private const int Runs = 20;
    private const int CheckpointsPerRun = 100;
    private const int FilesPerCheckpoint = 24;
    private const int Checkpoints = Runs * CheckpointsPerRun;

    [Test]
    public async Task Published_checkpoints_cost_one_listing_one_read_each_and_two_more_for_each_run()
    {
        var store = new HookedStore(await PublishedAsync());

        var plan = await PlanAsync(store);

        Assert.Multiple(() =>
        {
            Assert.That((plan.Units.Count, plan.Removals.Count()), Is.EqualTo((Checkpoints, Checkpoints - (3 * Runs))));
            Assert.That((store.Listings, store.Heads), Is.EqualTo((1, 0)));
            Assert.That(store.Reads, Has.Count.EqualTo(Checkpoints + (2 * Runs)).And.Unique);
        });
    }

    [Test]
    public async Task Without_manifests_no_file_is_read_twice()
    {
        var store = new HookedStore(await FilledAsync());

        var plan = await PlanAsync(store);

        Assert.Multiple(() =>
        {
            Assert.That((plan.Units.Count, plan.Removals.Count()), Is.EqualTo((Checkpoints, Checkpoints - (3 * Runs))));
            Assert.That((store.Listings, store.Heads), Is.EqualTo((1, 0)));
            Assert.That(store.Reads, Has.Count.LessThan(Checkpoints * FilesPerCheckpoint).And.Unique);
        });
    }

    private static Task<PrunePlan> PlanAsync(HookedStore store)
    {
        var engine = new TrainctlEngine(new EngineHost { WorkingDirectory = "/", Environment = static _ => null, OpenStore = (_, _, _) => store });
        return engine.PlanPruneAsync(new PruneCheckpointsSettings { Location = store.Root, KeepLast = 3 });
    }

    private static async Task<MemoryStore> PublishedAsync()
    {
        var (source, destination) = (await FilledAsync(), new MemoryStore("s3://published", MemoryStore.S3Traits));
        var host = new EngineHost { WorkingDirectory = "/", Environment = static _ => null };
        var report = await new UploadCheckpoints(new() { Source = source.Root, Destination = destination.Root }, host, source, destination)
            .RunAsync(CancellationToken.None);
        Assert.That(report.ExitCode, Is.Zero);
        return destination;
    }

    private static async Task<MemoryStore> FilledAsync()
    {
        var store = new MemoryStore("s3://trained", MemoryStore.S3Traits);
        for (var run = 0; run < Runs; run++)
        {
            for (var step = 1; step <= CheckpointsPerRun; step++)
            {
                var options = new PutOptions { ContentModifiedAt = DateTimeOffset.UnixEpoch.AddMinutes(step) };
                foreach (var (name, content) in ShardedTrainerRun.Checkpoint(step, FilesPerCheckpoint))
                    await store.PutAsync(string.Create(CultureInfo.InvariantCulture, $"run-{run}/checkpoint-{step}/{name}"), content, options);
            }
        }

        return store;
    }
}
