using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>Objects that stand for a folder in a bucket, as consoles make them.</summary>
public sealed class FolderMarkerTests
{
    private TemporaryFolder _folder = null!;
    private MemoryStore _source = null!;
    private MemoryStore _other = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _source = new MemoryStore("s3://from", MemoryStore.S3Traits);
        _other = new MemoryStore("s3://other", MemoryStore.S3Traits);
        await PutAsync("sub/", "");
        await PutAsync("sub/x", "x");
        await PutAsync("void/", "");
        await PutAsync("y", "y");
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _source.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Test]
    public async Task They_are_left_out_on_the_way_to_a_folder_and_a_note_says_so([Values("sync", "copy", "stage", "lock")] string how, [Values] bool dryRun)
    {
        var report = await RunAsync(how, dryRun);

        Assert.That(report.ExitCode, Is.Zero);
        Assert.That(report.Objects.Select(static o => o.Key), Is.EqualTo(new[] { "sub/x", "y" }));
        Assert.That(report.Notes, Has.Exactly(1).EqualTo("2 objects without content left out ('sub/' among them): a key that ends with '/' stands for a folder."));
        Assert.That(_folder.Files().Where(static f => f.StartsWith("to/", StringComparison.Ordinal)), Is.EqualTo(dryRun ? [] : new[] { "to/sub/x", "to/y" }));
    }

    [Test]
    public async Task One_with_content_is_refused([Values("sync", "copy", "stage", "lock")] string how, [Values] bool dryRun)
    {
        await PutAsync("void/", "not void");

        var report = await RunAsync(how, dryRun);

        Assert.That(report.Objects.Single(static o => o.Result == OutcomeResult.Refused), Has.Property("Key").EqualTo("void/").And.Property("ErrorCode").EqualTo("TRAINCTL2004"));
        Assert.That(report.Notes, Has.Exactly(1).StartsWith("1 object without content left out ('sub/'):"));
    }

    [Test]
    public async Task They_go_to_another_bucket([Values("sync", "copy")] string how)
    {
        var report = await RunAsync(how, dryRun: false, "s3://other");

        Assert.That(report.Objects.Select(static o => o.Key), Is.EqualTo(new[] { "sub/", "sub/x", "void/", "y" }));
        Assert.That(report.Notes, Is.Empty);
    }

    [Test]
    public async Task They_keep_nothing_that_a_sync_deletes_and_let_nothing_else_go()
    {
        foreach (var name in (string[])["to/sub/old", "to/sub/x", "to/void", "to/y"])
            _folder.Write(name, "!");

        var report = await SyncAsync(new SyncSettings { Source = "s3://from", Destination = "to", Delete = true, Compare = Comparison.SizeOnly });

        Assert.That(report.ExitCode, Is.Zero);
        Assert.That(report.Objects.Select(static o => (o.Key, o.Action)), Is.EqualTo(new[] { ("sub/old", ObjectAction.Delete), ("void", ObjectAction.Delete) }));
        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "sub/x", "y" }));
    }

    [Test]
    public async Task A_source_with_nothing_else_has_nothing()
    {
        await _source.DeleteAsync([new DeleteRequest("sub/x"), new DeleteRequest("y")]);
        _folder.Write("to/kept", "!");

        var sync = await Assert.ThrowsAsync<TrainctlException>(() => SyncAsync(new SyncSettings { Source = "s3://from", Destination = "to", Delete = true }));
        var copy = await Assert.ThrowsAsync<TrainctlException>(() => RunAsync("copy", dryRun: false));

        Assert.That((sync!.Error, copy!.Error), Is.EqualTo((TrainctlError.EmptySource, TrainctlError.SourceNotFound)));
        Assert.That(copy.Message, Does.Contain("2 objects without content left out"));
        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "kept" }));
    }

    private Task<StoredObject> PutAsync(string key, string content) => _source.PutAsync(key, System.Text.Encoding.ASCII.GetBytes(content), new PutOptions());

    private async Task<SyncReport> RunAsync(string how, bool dryRun, string to = "to") => how switch
    {
        "sync" => await SyncAsync(new SyncSettings { Source = "s3://from", Destination = to, DryRun = dryRun }),
        "copy" => await Engine.CopyAsync(new CopySettings { Source = "s3://from", Destination = to, Recursive = true, DryRun = dryRun }),
        _ => await Engine.StageDataAsync(new StageDataSettings { Source = "s3://from", Destination = to, DryRun = dryRun, LockFile = how == "lock" ? "datasets.lock.json" : null }),
    };

    private Task<SyncReport> SyncAsync(SyncSettings settings) => Engine.SyncAsync(settings);

    private TrainctlEngine Engine
    {
        get
        {
            var host = TestHost.For(_folder);
            return new TrainctlEngine(host with { OpenStore = (url, settings, _) => url.IsFolder ? host.OpenStore(url, settings, host) : url.Bucket == "from" ? _source : _other });
        }
    }
}
