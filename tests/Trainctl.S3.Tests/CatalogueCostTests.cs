using System.Collections.Concurrent;
using System.Globalization;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Testing.Frameworks;

namespace Trainctl.S3.Tests;

/// <summary>How many requests a plan takes on a real server, where a listing has more than one page: 1,200 objects in 60 checkpoints of 3 runs.</summary>
public sealed class CatalogueCostTests
{
    private const int Runs = 3;
    private const int CheckpointsPerRun = 20;
    private const int FilesPerCheckpoint = 19;
    private const int Checkpoints = Runs * CheckpointsPerRun;
    private const int ListingPage = 1_000;

    private TemporaryFolder _folder = null!;
    private TestBucket _bucket = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        for (var run = 0; run < Runs; run++)
        {
            for (var step = 1; step <= CheckpointsPerRun; step++)
                Write(string.Create(CultureInfo.InvariantCulture, $"runs/run-{run}/checkpoint-{step}"), step);
        }

        var report = await new TrainctlEngine(_bucket.Host(_folder)).UploadCheckpointsAsync(new() { Source = "runs", Destination = _bucket.Url("runs") });
        Assert.That(report.ExitCode, Is.Zero);
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task Published_checkpoints_cost_one_listing_one_read_each_and_two_more_for_each_run()
    {
        const int Objects = Checkpoints * (FilesPerCheckpoint + 1);

        var (plan, requests) = await PlanAsync();

        Assert.Multiple(() =>
        {
            Assert.That((plan.Units.Count, plan.Removals.Count()), Is.EqualTo((Checkpoints, Checkpoints - Runs)));
            Assert.That(requests.Listings, Is.EqualTo((Objects + ListingPage - 1) / ListingPage));
            Assert.That(requests.Reads, Is.EqualTo(Checkpoints + (2 * Runs)));
            Assert.That(requests.Others, Is.Empty);
        });
    }

    [Test]
    public async Task Without_manifests_each_file_costs_one_read_at_most()
    {
        const int Objects = Checkpoints * FilesPerCheckpoint;
        await using (var store = _bucket.Open("runs"))
            await store.DeleteAsync(await store.ListAsync(new ListRequest()).Where(static o => Manifest.IsManifestKey(o.Key)).Select(static o => new DeleteRequest(o.Key)).ToListAsync());

        var (plan, requests) = await PlanAsync();

        Assert.Multiple(() =>
        {
            Assert.That((plan.Units.Count, plan.Removals.Count()), Is.EqualTo((Checkpoints, Checkpoints - Runs)));
            Assert.That(requests.Listings, Is.EqualTo((Objects + ListingPage - 1) / ListingPage));
            Assert.That(requests.Reads, Is.GreaterThan(Checkpoints).And.LessThan(Objects));
            Assert.That(requests.Others, Is.Empty);
        });
    }

    private async Task<(PrunePlan Plan, (int Listings, int Reads, string[] Others) Requests)> PlanAsync()
    {
        var requests = new ConcurrentBag<S3Request>();
        await using var proxy = new FaultProxy(_bucket.Endpoint.Url) { Decide = Note };
        var host = _bucket.Host(_folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = proxy.Address });
        var plan = await new TrainctlEngine(host).PlanPruneAsync(new PruneCheckpointsSettings { Location = _bucket.Url("runs"), KeepLast = 1 });
        return (plan, (requests.Count(IsListing), requests.Count(IsRead), [.. requests.Where(static r => !IsListing(r) && !IsRead(r)).Select(static r => r.Identity)]));

        Fault? Note(S3Request request)
        {
            requests.Add(request);
            return null;
        }
    }

    private static bool IsListing(S3Request request) => request.Kind == S3RequestKind.List;

    private static bool IsRead(S3Request request) => request.Kind == S3RequestKind.Get && request.Key.Contains("/checkpoint-", StringComparison.Ordinal);

    private void Write(string path, int step)
    {
        Directory.CreateDirectory(_folder.Combine(path));
        foreach (var (name, content) in ShardedTrainerRun.Checkpoint(step, FilesPerCheckpoint))
        {
            var file = _folder.Combine($"{path}/{name}");
            File.WriteAllBytes(file, content);
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddMinutes(step));
        }
    }
}
