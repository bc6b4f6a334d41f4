using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Verification;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Retention.Trashing;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

/// <summary>Names from a bucket, a lock file, a manifest or a record that lead out of the folder in which something is to be written or deleted.</summary>
public sealed class TraversalTests
{
    private const string Inside = "fine.txt";

    /// <summary>Keys that are no name of a file below a folder, and what says so.</summary>
    private static readonly string[] Hostile = ["../up", "a/../../up", "..", "a/..", "/etc/trainctl", "//up", "a//b", "./up", "a/./b", "out/up", "out/deeper/up"];

    private TemporaryFolder _folder = null!;
    private MemoryStore _bucket = null!;
    private TrainctlEngine _engine = null!;

    public enum Way
    {
        Sync,
        Copy,
        Stage,
        StageWithLock,
    }

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _bucket = new MemoryStore("s3://bucket", MemoryStore.S3Traits);
        _engine = new TrainctlEngine(TestHost.For(_folder) with
        {
            OpenStore = (url, settings, host) => url.IsFolder ? StoreOpener.Open(url, settings, host) : _bucket,
        });
        _folder.Write("elsewhere/up", "not ours");
        _folder.Write("elsewhere/file.txt", "not ours");
        _folder.Write("up", "not ours");
        Directory.CreateDirectory(_folder.Combine("to"));
        Directory.CreateSymbolicLink(_folder.Combine("to/out"), _folder.Combine("elsewhere"));
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task A_key_that_leads_out_is_refused_and_the_rest_arrives([Values] Way way, [ValueSource(nameof(Hostile))] string key)
    {
        await PutAsync(key, Inside);

        var report = await RunAsync(way);

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(
                report.Objects.Where(static o => o.Result != OutcomeResult.Done).Select(static o => (o.Key, o.Result, o.ErrorCode)),
                Is.EqualTo(new[] { (key, OutcomeResult.Refused, "TRAINCTL2004") }));
            Assert.That(File.ReadAllText(_folder.Combine("to/" + Inside)), Is.EqualTo(Inside));
        });
        AssertNothingElsewhereChanged();
    }

    [Test]
    public async Task Signs_of_another_system_are_names_here([Values] Way way)
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("Windows refuses them; see FolderPath.");
        string[] keys = [@"..\up", @"C:\up", "C:up", @"a\..\..\up", @"\\server\share\up"];
        await PutAsync(keys);

        var report = await RunAsync(way);

        Assert.That(report.ExitCode, Is.Zero, FailureSummary.Of(report));
        foreach (var key in keys)
            Assert.That(File.ReadAllText(_folder.Combine("to/" + key)), Is.EqualTo(key));
        AssertNothingElsewhereChanged();
    }

    /// <summary>A new file takes the place of the link. What the link leads to is somebody else's.</summary>
    [Test]
    public async Task A_link_in_the_place_of_a_file_is_not_written_through([Values] Way way, [Values] bool dangles)
    {
        var target = _folder.Combine(dangles ? "elsewhere/none" : "elsewhere/file.txt");
        File.CreateSymbolicLink(_folder.Combine("to/" + Inside), target);
        await PutAsync(Inside);

        await RunAsync(way);

        Assert.That(File.Exists(_folder.Combine("elsewhere/none")), Is.False);
        AssertNothingElsewhereChanged();
    }

    [TestCaseSource(nameof(Hostile))]
    public async Task A_lock_file_that_lists_what_leads_out_fetches_nothing(string key)
    {
        await PutAsync(Inside);
        var entry = new LockedObject { Key = Inside, Size = Inside.Length, Checksum = Crc64.Of(Text(Inside)).ToString() };
        var content = new DatasetLock { Version = DatasetLock.CurrentVersion, Source = "s3://bucket", Objects = [entry, entry with { Key = key }] };
        File.WriteAllBytes(_folder.Combine("datasets.lock.json"), content.ToJson());

        var error = await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(Way.StageWithLock));

        Assert.That(error!.Error, Is.EqualTo(TrainctlError.Drift));
        Assert.That(File.Exists(_folder.Combine("to/" + Inside)), Is.False);
        AssertNothingElsewhereChanged();
    }

    [TestCaseSource(nameof(Hostile))]
    public async Task A_manifest_that_lists_what_leads_out_makes_its_checkpoint_incomplete(string key)
    {
        HuggingFaceRun.Write(_folder, "run", 1);
        HuggingFaceRun.Write(_folder, "run", 2);
        await _engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "run", Destination = "published" });
        var path = _folder.Combine("published/checkpoint-1/" + Manifest.FileName);
        var manifest = ManifestJson.Read(await File.ReadAllBytesAsync(path), "k")!;
        await File.WriteAllBytesAsync(path, ManifestJson.Write(manifest with { Objects = [.. manifest.Objects, manifest.Objects[0] with { Key = key }] }));

        var verified = await _engine.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = "published" });
        await _engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "published", KeepLast = 1 });
        await _engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "run", Destination = "published" });

        Assert.That(verified.Units.Select(static u => u.Result), Is.EqualTo(new[] { VerifyResult.Incomplete, VerifyResult.Proven }));
        AssertNothingElsewhereChanged();
    }

    [TestCaseSource(nameof(Hostile))]
    public async Task A_record_in_the_trash_that_lists_what_leads_out_restores_nothing(string key)
    {
        HuggingFaceRun.Write(_folder, "run", 1);
        HuggingFaceRun.Write(_folder, "run", 2);
        await _engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "run", KeepLast = 1, Trash = ".trash" });
        var path = _folder.Combine(_folder.Files().Single(static f => f.Contains("/.trainctl-trash/", StringComparison.Ordinal)));
        var store = StoreOpener.Open(ObjectUrl.Parse(Path.GetDirectoryName(path)), StoreSettings.Default, TestHost.For(_folder));
        var name = Path.GetFileName(path);
        var record = (await TrashRecord.ReadAsync(store, (await store.HeadAsync(name))!, CancellationToken.None))!;
        var objects = record.Unit.Objects.Append(record.Unit.Objects[0] with { Key = key });
        await TrashRecord.WriteAsync(store, name, record with { Unit = record.Unit with { Objects = [.. objects] } }, CancellationToken.None);
        await store.DisposeAsync();
        var before = _folder.Files();

        int? exitCode = null;
        try
        {
            exitCode = (await _engine.RestoreCheckpointsAsync(new RestoreCheckpointsSettings { Location = "run" })).ExitCode;
        }
        catch (TrainctlException)
        {
            // Refused as a whole.
        }

        Assert.That(exitCode, Is.Not.Zero);
        Assert.That(_folder.Files(), Is.EqualTo(before));
        AssertNothingElsewhereChanged();
    }

    private async Task PutAsync(params string[] keys)
    {
        foreach (var key in keys)
            await _bucket.PutAsync(key, Text(key), new PutOptions());
    }

    private async Task<Report> RunAsync(Way way) => way switch
    {
        Way.Sync => await _engine.SyncAsync(new SyncSettings { Source = "s3://bucket", Destination = "to" }),
        Way.Copy => await _engine.CopyAsync(new CopySettings { Source = "s3://bucket/", Destination = "to", Recursive = true }),
        Way.Stage => await _engine.StageDataAsync(new StageDataSettings { Source = "s3://bucket", Destination = "to" }),
        _ => await _engine.StageDataAsync(new StageDataSettings { Source = "s3://bucket", Destination = "to", LockFile = "datasets.lock.json" }),
    };

    private void AssertNothingElsewhereChanged() => Assert.Multiple(() =>
    {
        Assert.That(Directory.GetFileSystemEntries(_folder.Combine("elsewhere")).Select(Path.GetFileName).Order(), Is.EqualTo(new[] { "file.txt", "up" }));
        foreach (var path in (string[])["elsewhere/up", "elsewhere/file.txt", "up"])
            Assert.That(File.ReadAllText(_folder.Combine(path)), Is.EqualTo("not ours"), path);
        Assert.That(File.Exists("/etc/trainctl"), Is.False);
    });

    private static byte[] Text(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
