using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

[TestFixtureSource(typeof(RealS5cmd), nameof(RealS5cmd.Backends))]
public sealed class SyncOnS3Tests(TransferBackend backend) : BackendFixture(backend)
{
    [Test]
    public async Task A_second_sync_moves_nothing_in_either_direction_and_times_come_back()
    {
        var path = Folder.Write("from/a.txt", "a");
        Folder.Write("from/deep/b.txt", "b");
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
            Assert.That(File.GetLastWriteTimeUtc(Folder.Combine("to/a.txt")), Is.EqualTo(time));
        });
    }

    [Test]
    public async Task Odd_but_legal_keys_survive_a_round_trip()
    {
        string[] names = ["a b", "+%#&';{}", "%41", "q?x", "ünï", "日本", "😀/x", "=,@$!~^[]*"];
        foreach (var name in names)
            Folder.Write("from/" + name, name);

        await RunAsync("from", Remote);
        var down = await RunAsync(Remote, "to");

        Assert.Multiple(() =>
        {
            Assert.That(Folder.Files("to"), Is.EquivalentTo(names), down.Describe().ToString());
            Assert.That(File.ReadAllText(Folder.Combine("to/+%#&';{}")), Is.EqualTo("+%#&';{}"));
        });
    }

    [Test]
    public async Task A_large_object_goes_up_and_down_in_parts_and_leaves_no_upload_behind()
    {
        var content = new byte[(12 * 1024 * 1024) + 3];
        new Random(7).NextBytes(content);
        Folder.Write("from/x", "");
        await File.WriteAllBytesAsync(Folder.Combine("from/large"), content);
        var parts = new TransferSettings { PartSizeBytes = 5 * 1024 * 1024 };

        var up = await RunAsync("from", Remote, parts);
        var down = await RunAsync(Remote, "to", parts);

        var unfinished = await Bucket.UnfinishedUploadsAsync("run 1/large");
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllBytes(Folder.Combine("to/large")), Is.EqualTo(content));
            Assert.That(down.Objects[0].Checksum, Is.EqualTo(up.Objects[0].Checksum).And.Not.Null);
            Assert.That(unfinished, Is.Zero);
        });
    }

    [Test]
    public async Task One_thousand_and_one_objects_are_listed_and_deleted()
    {
        for (var i = 0; i < 1001; i++)
            Folder.Write($"from/{i:0000}", "");
        Folder.Write("few/kept", "");

        await RunAsync("from", Remote);
        var report = await new TrainctlEngine(Host()).SyncAsync(new SyncSettings { Source = "few", Destination = Remote, Delete = true, Transfer = Transfer });

        Assert.That(report.Objects.Count(static o => o is { Action: ObjectAction.Delete, Result: OutcomeResult.Done }), Is.EqualTo(1001));
    }

    [Test]
    public async Task A_missing_bucket_is_named()
    {
        Folder.Write("from/a", "a");

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
        Folder.Write("from/a", "a");
        const string Secret = "not-the-secret-at-all";

        var error = (await Assert.ThrowsAsync<TrainctlException>(() =>
            new TrainctlEngine(Host(Secret)).SyncAsync(new SyncSettings { Source = "from", Destination = Remote, Transfer = Transfer })))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.CredentialsRejected));
            Assert.That(error.ToString(), Does.Not.Contain(Secret).And.Not.Contain(Bucket.Endpoint.SecretKey));
        });
    }

    private string Remote => Bucket.Url("run 1").ToString();

    private Task<SyncReport> RunAsync(string source, string destination, TransferSettings? transfer = null) => new TrainctlEngine(Host())
        .SyncAsync(new SyncSettings { Source = source, Destination = destination, Transfer = (transfer ?? TransferSettings.Default) with { Backend = Transfer.Backend } });
}
