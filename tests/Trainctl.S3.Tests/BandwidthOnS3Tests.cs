using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>How long content would take at a bandwidth, on a clock that leaps over the waiting.</summary>
public sealed class BandwidthOnS3Tests
{
    private const long Rate = 256 * 1024;
    private const int LargeBytes = (11 * 1024 * 1024) + 5;
    private const long Bytes = LargeBytes + (20 * 40_000);

    private TestBucket _bucket = null!;
    private TemporaryFolder _folder = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        var random = new Random(3);
        for (var i = 0; i < 20; i++)
            Write($"from/small/{i}", 40_000, random);
        Write("from/large", LargeBytes, random);
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder?.Dispose();
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    [Test]
    public async Task An_upload_and_a_download_take_as_long_as_their_bytes_at_the_bandwidth()
    {
        var up = await SyncAsync("from", _bucket.Url("a"));
        var down = await SyncAsync(_bucket.Url("a"), "to");

        Assert.Multiple(() =>
        {
            AssertTook(up, Bytes);
            AssertTook(down, Bytes);
            Assert.That(_folder.Files("to"), Is.EquivalentTo(_folder.Files("from")));
            foreach (var file in _folder.Files("from"))
                Assert.That(File.ReadAllBytes(_folder.Combine("to/" + file)), Is.EqualTo(File.ReadAllBytes(_folder.Combine("from/" + file))), file);
        });
    }

    [Test]
    public async Task Both_directions_share_the_bandwidth()
    {
        await SyncAsync("from", _bucket.Url("a"), rate: null);

        AssertTook(await SyncAsync(_bucket.Url("a"), _bucket.Url("b")), 2 * Bytes);
    }

    /// <summary>Objects without a checksum are read for it.</summary>
    [Test]
    public async Task Content_that_is_only_compared_is_limited_too()
    {
        await _bucket.Client.PutObjectAsync(new() { BucketName = _bucket.Name, Key = "a/large", FilePath = _folder.Combine("from/large") });
        var time = new LeapingTime();

        var report = await Engine(time).SyncAsync(new SyncSettings
        {
            Source = "from", Destination = _bucket.Url("a"), Include = ["large"], Compare = Comparison.Checksum, Transfer = Limited(Rate),
        });

        Assert.That(report.UnchangedObjects, Is.EqualTo(1));
        AssertTook(time.Elapsed, LargeBytes);
    }

    [Test]
    public async Task Between_folders_nothing_is_limited()
    {
        var took = await SyncAsync("from", "to");

        Assert.That(took, Is.EqualTo(TimeSpan.Zero));
        Assert.That(_folder.Files("to"), Has.Length.EqualTo(21));
    }

    private static TransferSettings Limited(long? rate) => new() { PartSizeBytes = 5 * 1024 * 1024, BandwidthBytesPerSecond = rate };

    /// <summary>At the start a tenth of a second is free, the last piece is not waited for, and a timer knows whole milliseconds only.</summary>
    private static void AssertTook(TimeSpan took, long bytes) =>
        Assert.That(took.TotalSeconds, Is.InRange(((bytes - (64 * 1024)) / (double)Rate) - 0.102, bytes / (double)Rate));

    private async Task<TimeSpan> SyncAsync(ObjectUrl source, ObjectUrl destination, long? rate = Rate)
    {
        var time = new LeapingTime();
        var report = await Engine(time).SyncAsync(new SyncSettings { Source = source, Destination = destination, Transfer = Limited(rate) });
        Assert.That(report.Objects.Select(static o => o.Result), Has.Exactly(21).Items.And.All.EqualTo(OutcomeResult.Done));
        return time.Elapsed;
    }

    private TrainctlEngine Engine(TimeProvider time) => new(_bucket.Host(_folder) with { Time = time });

    private void Write(string path, int bytes, Random random)
    {
        var content = new byte[bytes];
        random.NextBytes(content);
        _folder.Write(path, "");
        File.WriteAllBytes(_folder.Combine(path), content);
    }
}
