using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Tests.Storage;
using Trainctl.Transfer;
using Trainctl.Transfer.Resuming;
using Trainctl.Transfer.S5cmd;

namespace Trainctl.Tests.Transfer.S5cmd;

/// <summary>Whose an upload is no store tells.</summary>
public sealed class UnfinishedUploadsTests
{
    private readonly RecordingLog _log = new();
    private TemporaryFolder _folder = null!;
    private BucketDouble _bucket = null!;
    private EngineHost _host = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _bucket = new BucketDouble(new MemoryStore("s3://bucket"));
        _host = TestHost.For(_folder) with { Log = _log, StateDirectory = _folder.Combine("state") };
        _bucket.Uploads.Add(Upload("a", "before"));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _bucket.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Only_what_is_the_one_new_upload_of_a_key_is_aborted()
    {
        var uploads = new UnfinishedUploads(_bucket, ["a", "b", "c"], _host);
        await uploads.RememberAsync(CancellationToken.None);
        _bucket.Uploads.AddRange([Upload("a", "ours"), Upload("b", "ours or not"), Upload("b", "not or ours"), Upload("c", "of one who was not told to us")]);

        var isDone = await uploads.AbortNewAsync(["a", "b"]);

        Assert.That(isDone, Is.True);
        Assert.That(_bucket.Uploads.Select(static u => u.UploadId), Is.EqualTo(new[] { "before", "ours or not", "not or ours", "of one who was not told to us" }));
        Assert.That(_log.Lines.Where(static l => l.StartsWith("warning", StringComparison.Ordinal)), Has.One.Contains("Several uploads of 's3://bucket/b'"));
    }

    [Test]
    public async Task What_this_machine_will_go_on_with_is_left([Values] bool isAlone)
    {
        var uploads = new UnfinishedUploads(_bucket, ["a"], _host);
        await uploads.RememberAsync(CancellationToken.None);
        var path = new UploadOpener(_host).JournalPathOf(_bucket.IdentityOf("a"))!;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var journal = TransferJournal.TryOpen(path, _log)!)
        {
            journal.Begin(new JournalHead { Destination = _bucket.IdentityOf("a"), Content = "x", Source = "x", Size = 1, PartSize = 1, StartedAt = DateTimeOffset.UnixEpoch });
            journal.Add("built-in");
        }

        _bucket.Uploads.Add(Upload("a", "built-in"));
        if (!isAlone)
            _bucket.Uploads.Add(Upload("a", "s5cmd"));

        await uploads.AbortNewAsync(["a"]);

        Assert.That(_bucket.Uploads.Select(static u => u.UploadId), Is.EqualTo(new[] { "before", "built-in" }));
    }

    /// <summary>Some services take requests of a clock that is hours from theirs, and what they list has their times.</summary>
    [TestCase(-20)]
    [TestCase(20)]
    public async Task What_a_dead_run_left_is_told_by_the_clock_of_the_store(int hoursAhead)
    {
        await using var bucket = new ClockedDouble(new MemoryStore("s3://bucket"), TimeSpan.FromHours(hoursAhead));
        var now = DateTimeOffset.UtcNow;
        using (var record = S5cmdRecord.TryBegin(_host, new S5cmdRecordHead { StartedAt = now }.ForUploads(bucket, ["before"]))!)
        {
            record.Add("a");
            record.Add("b");
        }

        bucket.Uploads.AddRange([new UnfinishedUpload("a", "ours", now.AddHours(hoursAhead), 1), new UnfinishedUpload("b", "of another time", now, 1)]);

        await new S5cmdLeftovers(_host).RemoveAsync(bucket, CancellationToken.None);

        Assert.That(bucket.Uploads.Select(static u => u.UploadId), Is.EqualTo(new[] { "of another time" }));
        Assert.That(Directory.GetFiles(S5cmdRecord.FolderOf(_folder.Combine("state"))), Is.Empty);
    }

    [Test]
    public async Task What_may_have_been_begun_at_any_time_is_left()
    {
        using (var record = S5cmdRecord.TryBegin(_host, new S5cmdRecordHead { StartedAt = DateTimeOffset.UtcNow }.ForUploads(_bucket, ["before"]))!)
            record.Add("a");
        _bucket.Uploads.Add(new UnfinishedUpload("a", "of no age", StartedAt: null, 1));

        await new S5cmdLeftovers(_host).RemoveAsync(_bucket, CancellationToken.None);

        Assert.That(_bucket.Uploads.Select(static u => u.UploadId), Is.EqualTo(new[] { "before", "of no age" }));
    }

    private static UnfinishedUpload Upload(string key, string id) => new(key, id, DateTimeOffset.UnixEpoch, 1);

    private sealed class ClockedDouble(IObjectStore inner, TimeSpan ahead) : BucketDouble(inner), INetworkStore
    {
        public int MostRequests => 16;

        public TimeSpan ClockDifference => ahead;

        public void LimitTo(Bandwidth bandwidth)
        {
        }
    }
}
