using System.Security.Cryptography;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.S3;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>From a real server to a disk that has no room, takes no writes, or cannot hold a name.</summary>
[TestFixtureSource(typeof(RealS5cmd), nameof(RealS5cmd.Backends))]
public sealed class FullDiskTests(TransferBackend backend) : BackendFixture(backend)
{
    private const int Disk = 8 * 1024 * 1024;
    private const int SmallSize = 100_000;
    private const int LargeSize = 6 * 1024 * 1024;
    private static readonly string[] Keys = ["a.bin", "b/c.bin", "b/large.bin", "d.bin"];

    private readonly Dictionary<string, byte[]> _contents = [];
    private SmallDisk _disk = null!;

    public enum Way
    {
        Sync,
        Copy,
        Stage,
        StageWithLock,
    }

    [SetUp]
    public async Task FillBucketAsync()
    {
        await using var store = Bucket.Open("data");
        foreach (var key in Keys)
        {
            _contents[key] = RandomNumberGenerator.GetBytes(key == "b/large.bin" ? LargeSize : SmallSize);
            await store.PutAsync(key, _contents[key], new PutOptions());
        }

        _disk = SmallDisk.Mount(Disk);
    }

    [TearDown]
    public void Unmount() => _disk?.Dispose();

    [Test]
    public async Task What_has_no_room_fails_and_the_rest_is_done([Values] Way way)
    {
        _disk.Fill(butBytes: 4 * 1024 * 1024);

        var report = await RunAsync(way);
        var left = _disk.Folder.Files();
        var failed = report.Objects.Where(static o => o.Result == OutcomeResult.Failed).ToArray();
        _disk.Free();
        var again = await RunAsync(way);

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(failed.Select(static o => (o.Key, o.ErrorCode)), Is.EqualTo(new[] { ("b/large.bin", "TRAINCTL1007") }));
            Assert.That(failed[0].Error, Does.Contain("large.bin' failed: the disk is full. Free some space and run again"));
            Assert.That(left, Is.EqualTo(new[] { "ballast", "data/a.bin", "data/b/c.bin", "data/d.bin" }));
            Assert.That(again.ExitCode, Is.Zero);
        });
        AssertIsWhole(way);
    }

    [Test]
    public async Task On_a_disk_without_any_room_nothing_is_left([Values] Way way)
    {
        _disk.Fill(butBytes: 0);

        var report = await TryAsync(way);
        var left = _disk.Folder.Files();
        _disk.Free();
        await RunAsync(way);

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(report.Errors, Is.All.Contains("the disk is full").And.Exactly(Keys.Length).Items);
            Assert.That(left, Is.EqualTo(new[] { "ballast" }));
        });
        AssertIsWhole(way);
    }

    [Test]
    public async Task On_a_disk_that_takes_no_writes_nothing_is_left([Values] Way way)
    {
        _disk.MakeReadOnly();

        var report = await TryAsync(way);
        var left = _disk.Folder.Files();
        _disk.MakeReadOnly(false);
        await RunAsync(way);

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(report.Errors, Is.All.Contains("read-only file system").IgnoreCase.And.Exactly(Keys.Length).Items);
            Assert.That(left, Is.Empty);
        });
        AssertIsWhole(way);
    }

    [Test]
    public async Task A_name_that_no_file_can_have_fails_alone([Values] Way way)
    {
        await S3TestServer.RequireAsync(ServerAbility.AnyKey);
        var name = new string('n', 300) + ".bin";
        await using (var store = Bucket.Open("data"))
            await store.PutAsync(name, _contents["a.bin"], new PutOptions());

        var report = await TryAsync(way);

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(report.Errors, Has.Exactly(1).Items.And.All.Contains(name));
            Assert.That(report.Errors, Is.All.Contains("255 bytes"));
        });
        AssertIsWhole(way, isAllThere: false);
    }

    private sealed record Ended(int ExitCode, string[] Errors);

    private async Task<Ended> TryAsync(Way way)
    {
        var report = await RunAsync(way);
        return new Ended(report.ExitCode, [.. report.Objects.Select(static o => o.Error).OfType<string>()]);
    }

    private async Task<Report> RunAsync(Way way)
    {
        var engine = new TrainctlEngine(Host());
        var (from, to) = (Bucket.Url("data"), ObjectUrl.Parse(_disk.Folder.Combine("data")));
        return way switch
        {
            Way.Sync => await engine.SyncAsync(new SyncSettings { Source = from, Destination = to, Transfer = Transfer }),
            Way.Copy => await engine.CopyAsync(new CopySettings { Source = from, Destination = to, Recursive = true, Transfer = Transfer }),
            Way.Stage => await engine.StageDataAsync(new StageDataSettings { Source = from, Destination = to, Transfer = Transfer }),
            _ => await engine.StageDataAsync(new StageDataSettings { Source = from, Destination = to, LockFile = "datasets.lock.json", Transfer = Transfer }),
        };
    }

    private void AssertIsWhole(Way way, bool isAllThere = true) => Assert.Multiple(() =>
    {
        Assert.That(_disk.Folder.Files(), Is.EqualTo(Keys.Select(static k => "data/" + k)));
        foreach (var key in Keys)
            Assert.That(File.ReadAllBytes(_disk.Folder.Combine("data/" + key)), Is.EqualTo(_contents[key]), key);
        Assert.That(File.Exists(Folder.Combine("datasets.lock.json")), Is.EqualTo(way == Way.StageWithLock && isAllThere));
    });
}
