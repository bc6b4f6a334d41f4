using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

[TestFixtureSource(typeof(RealS5cmd), nameof(RealS5cmd.Backends))]
public sealed class SyncOnS3Tests(TransferBackend backend)
{
    private TemporaryFolder _folder = null!;
    private TestBucket _bucket = null!;

    [SetUp]
    public async Task SetUp()
    {
        if (backend == TransferBackend.S5cmd)
            RealS5cmd.Require();
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder?.Dispose();
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    [Test]
    public async Task A_second_sync_moves_nothing_in_either_direction_and_times_come_back()
    {
        var path = _folder.Write("from/a.txt", "a");
        _folder.Write("from/deep/b.txt", "b");
        var time = new DateTime(2024, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);

        var up = await RunAsync("from", Remote);
        var upAgain = await RunAsync("from", Remote);
        var down = await RunAsync(Remote, "to");
        var downAgain = await RunAsync(Remote, "to");
        var back = await RunAsync("to", Remote);

        Assert.Multiple(() =>
        {
            Assert.That(up.Objects.Select(static o => o.Result), Is.All.EqualTo(OutcomeResult.Done).And.Exactly(2).Items);
            Assert.That(down.Objects, Has.Count.EqualTo(2));
            Assert.That(upAgain.Objects.Concat(downAgain.Objects).Concat(back.Objects), Is.Empty);
            Assert.That(File.GetLastWriteTimeUtc(_folder.Combine("to/a.txt")), Is.EqualTo(time));
        });
    }

    [Test]
    public async Task Odd_but_legal_keys_survive_a_round_trip()
    {
        string[] names = ["a b", "+%#&';{}", "%41", "q?x", "ünï", "日本", "😀/x", "=,@$!~^[]*"];
        foreach (var name in names)
            _folder.Write("from/" + name, name);

        await RunAsync("from", Remote);
        var down = await RunAsync(Remote, "to");

        Assert.Multiple(() =>
        {
            Assert.That(_folder.Files("to"), Is.EquivalentTo(names), down.Describe().ToString());
            Assert.That(File.ReadAllText(_folder.Combine("to/+%#&';{}")), Is.EqualTo("+%#&';{}"));
        });
    }

    [Test]
    public async Task A_large_object_goes_up_and_down_in_parts_and_leaves_no_upload_behind()
    {
        var content = new byte[(12 * 1024 * 1024) + 3];
        new Random(7).NextBytes(content);
        _folder.Write("from/x", "");
        await File.WriteAllBytesAsync(_folder.Combine("from/large"), content);
        var parts = new TransferSettings { PartSizeBytes = 5 * 1024 * 1024 };

        var up = await RunAsync("from", Remote, parts);
        var down = await RunAsync(Remote, "to", parts);

        var unfinished = await _bucket.UnfinishedUploadsAsync();
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllBytes(_folder.Combine("to/large")), Is.EqualTo(content));
            Assert.That(down.Objects[0].Checksum, Is.EqualTo(up.Objects[0].Checksum).And.Not.Null);
            Assert.That(unfinished, Is.Zero);
        });
    }

    [Test]
    public async Task One_thousand_and_one_objects_are_listed_and_deleted()
    {
        for (var i = 0; i < 1001; i++)
            _folder.Write($"from/{i:0000}", "");
        _folder.Write("few/kept", "");

        await RunAsync("from", Remote);
        var report = await new TrainctlEngine(Host()).SyncAsync(new SyncSettings { Source = "few", Destination = Remote, Delete = true, Transfer = Backend });

        Assert.That(report.Objects.Count(static o => o is { Action: ObjectAction.Delete, Result: OutcomeResult.Done }), Is.EqualTo(1001));
    }

    [Test]
    public async Task A_missing_bucket_is_named()
    {
        _folder.Write("from/a", "a");

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync("from", "s3://trainctl-no-such-bucket/x")))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.StoreNotFound));
            Assert.That(error.Message, Does.Contain("trainctl-no-such-bucket"));
        });
    }

    [Test]
    public async Task A_wrong_secret_is_said_and_never_shown()
    {
        _folder.Write("from/a", "a");
        const string Secret = "not-the-secret-at-all";

        var error = (await Assert.ThrowsAsync<TrainctlException>(() =>
            new TrainctlEngine(Host(Secret)).SyncAsync(new SyncSettings { Source = "from", Destination = Remote, Transfer = Backend })))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.CredentialsRejected));
            Assert.That(error.ToString(), Does.Not.Contain(Secret).And.Not.Contain(_bucket.Endpoint.SecretKey));
        });
    }

    private string Remote => _bucket.Url("run 1").ToString();

    private TransferSettings Backend => new() { Backend = backend };

    private EngineHost Host(string? secret = null) => _bucket.Host(
        _folder.Path, new() { ["AWS_SECRET_ACCESS_KEY"] = secret, ["TRAINCTL_S5CMD"] = backend == TransferBackend.S5cmd ? RealS5cmd.Path : null });

    private Task<SyncReport> RunAsync(string source, string destination, TransferSettings? transfer = null) => new TrainctlEngine(Host())
        .SyncAsync(new SyncSettings { Source = source, Destination = destination, Transfer = (transfer ?? TransferSettings.Default) with { Backend = backend } });
}
