using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Testing.Training;

namespace Trainctl.S3.Tests;

/// <summary>A training beside a real server whose every second answer or so breaks off.</summary>
public sealed class TrainingOnS3Tests
{
    [Test]
    public async Task Every_checkpoint_that_was_on_disk_long_enough_is_there_whole()
    {
        await using var bucket = await TestBucket.CreateAsync();
        for (var seed = 1; seed <= SearchSize.Of(1); seed++)
        {
            using var run = new TrainerRun();
            await using var proxy = new FaultProxy(bucket.Endpoint.Url) { Decide = HalfOfThem(seed) };
            var prefix = $"seed-{seed}";

            var settings = run.Settings("--count", "20", "--keep", "3", "--gate", run.Gate, "--exit", "5") with { MaxHeldCheckpoints = 20 };
            var report = await run.RunAsync(settings, bucket.Open(prefix, new() { ["AWS_ENDPOINT_URL_S3"] = proxy.Address }));

            await using var store = bucket.Open(prefix);
            await Assert.MultipleAsync(async () =>
            {
                Assert.That(proxy.Traffic.Total.Faults, Is.GreaterThan(20), $"seed {seed}");
                Assert.That(report.ExitCode, Is.EqualTo(5));
                Assert.That(await PublishedTraining.StepsAsync(store), Is.EqualTo(Enumerable.Range(1, 20)), $"seed {seed}: {string.Join(' ', report.Notes)}");
                Assert.That(await PublishedTraining.BestAsync(store), Is.EqualTo(20), $"seed {seed}");
            });
        }
    }

    private static Func<S3Request, Fault?> HalfOfThem(int seed)
    {
        var fault = new Fault(FaultKind.CutAnswer);
        var random = new Random(seed);
        return _ =>
        {
            lock (random)
                return random.Next(2) == 0 ? fault : null;
        };
    }
}
