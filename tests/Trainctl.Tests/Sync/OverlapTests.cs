using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>A destination that is a part of the source, or the other way round.</summary>
public sealed class OverlapTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _folder.Write("run/old.bin", "old");
        _folder.Write("run/new/new.bin", "new");
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_sync_upwards_does_not_delete_its_own_source([Values] bool dryRun)
    {
        var error = await RefusedAsync(() => SyncAsync(new SyncSettings { Source = "run/new", Destination = "run", Delete = true, DryRun = dryRun }));

        Assert.That(error.Message, Does.Contain("below").And.Contain("'new/'"));
        Assert.That(_folder.Files("run"), Is.EqualTo(new[] { "new/new.bin", "old.bin" }));
    }

    [Test]
    public async Task A_sync_upwards_that_deletes_nothing_goes_on()
    {
        await SyncAsync(new SyncSettings { Source = "run/new", Destination = "run" });

        Assert.That(_folder.Files("run"), Is.EqualTo(new[] { "new.bin", "new/new.bin", "old.bin" }));
    }

    [Test]
    public async Task A_sync_downwards_does_not_copy_its_own_copies()
    {
        await RefusedAsync(() => SyncAsync(new SyncSettings { Source = "run", Destination = "run/copy" }));
        await RefusedAsync(() => CopyAsync("run/copy"));

        Assert.That(_folder.Files("run"), Is.EqualTo(new[] { "new/new.bin", "old.bin" }));
    }

    [Test]
    public async Task Leaving_the_inner_one_out_as_the_message_says_helps()
    {
        await SyncAsync(new SyncSettings { Source = "run", Destination = "run/copy", Exclude = ["copy/"] });
        await TestHost.Engine(_folder).CopyAsync(new CopySettings { Source = "run", Destination = "run/other", Recursive = true, Exclude = ["copy/", "other/"] });
        await SyncAsync(new SyncSettings { Source = "run/new", Destination = "run", Delete = true, Exclude = ["new/", "copy/", "other/"] });

        Assert.That(
            _folder.Files("run"),
            Is.EqualTo(new[] { "copy/new/new.bin", "copy/old.bin", "new.bin", "new/new.bin", "other/new/new.bin", "other/old.bin" }));
    }

    [Test]
    public async Task One_place_is_not_synced_with_itself() =>
        await RefusedAsync(() => SyncAsync(new SyncSettings { Source = "run", Destination = "run/", Delete = true }));

    [Test]
    public async Task One_place_is_not_copied_onto_itself([Values] bool dryRun)
    {
        Directory.CreateSymbolicLink(_folder.Combine("link"), "run");
        var before = File.GetLastWriteTimeUtc(_folder.Combine("run/old.bin"));

        foreach (var (from, to) in new[] { ("run", "run"), ("run/", "link"), ("run/old.bin", "run/old.bin"), ("run/old.bin", "run/"), ("run/old.bin", "link/old.bin") })
        {
            var settings = new CopySettings { Source = from, Destination = to, Recursive = !from.EndsWith(".bin", StringComparison.Ordinal), DryRun = dryRun };
            var error = await RefusedAsync(() => TestHost.Engine(_folder).CopyAsync(settings));
            Assert.That(error.Message, Does.Contain("same place"));
        }

        Assert.That(_folder.Files("run"), Is.EqualTo(new[] { "new/new.bin", "old.bin" }));
        Assert.That(File.GetLastWriteTimeUtc(_folder.Combine("run/old.bin")), Is.EqualTo(before));
    }

    [TestCase("s3://b/run/", "s3://b/run", true, true)]
    [TestCase("s3://b", "s3://b/", true, true)]
    [TestCase("s3://b/run/x", "s3://b/run/x", false, true)]
    [TestCase("s3://b/run/x", "s3://b/run/", false, true)]
    [TestCase("s3://b/x", "s3://b", false, true)]
    [TestCase("s3://b/run/x", "s3://b/run//x", false, false)]
    [TestCase("s3://b/run/x", "s3://c/run/x", false, false)]
    public async Task An_object_is_not_copied_onto_itself(string from, string to, bool recursive, bool isRefused)
    {
        var host = TestHost.For(_folder) with { OpenStore = static (url, _, _) => Holding(url, "x") };
        Task CopyAsync() => new TrainctlEngine(host).CopyAsync(new CopySettings { Source = from, Destination = to, Recursive = recursive });

        if (isRefused)
            await RefusedAsync(CopyAsync);
        else
            await CopyAsync();
    }

    [Test]
    public async Task A_link_does_not_hide_it()
    {
        Directory.CreateSymbolicLink(_folder.Combine("link"), "run");

        await RefusedAsync(() => SyncAsync(new SyncSettings { Source = "link/new", Destination = "run", Delete = true }));
        await RefusedAsync(() => SyncAsync(new SyncSettings { Source = "run", Destination = "link/not/there/yet" }));
    }

    [Test]
    public async Task A_mount_does_not_hide_that_the_source_is_in_the_destination([Values] bool dryRun)
    {
        using var mount = BindMount.Of(_folder.Combine("run/new"), _folder.Combine("mounted"));

        var refused = await SyncAsync(new SyncSettings { Source = "mounted", Destination = "run", Delete = true, DryRun = dryRun });
        await SyncAsync(new SyncSettings { Source = "mounted", Destination = "run", Delete = true, Exclude = ["new/"] });

        Assert.That(refused.Refusal, Does.Contain("'new/'"));
        Assert.That(refused.ExitCode, Is.EqualTo(ErrorCatalog.BadInput));
        Assert.That(_folder.Files("run"), Is.EqualTo(new[] { "new.bin", "new/new.bin" }));
    }

    [Test]
    public async Task A_mount_does_not_hide_that_the_destination_is_in_the_source()
    {
        using var mount = BindMount.Of(_folder.Combine("run/new"), _folder.Combine("mounted"));

        await RefusedAsync(() => SyncAsync(new SyncSettings { Source = "run", Destination = "mounted" }));
        await RefusedAsync(() => SyncAsync(new SyncSettings { Source = "run/new", Destination = "mounted", Delete = true }));

        Assert.That(_folder.Files("run"), Does.Contain("old.bin").And.Contain("new/new.bin").And.Not.Contain("new/new/new.bin"));
    }

    [Test]
    public async Task A_mount_does_not_hide_that_a_part_of_the_source_is_in_the_destination([Values] bool dryRun)
    {
        _folder.Write("to/stale.bin", "stale");
        using var mount = BindMount.Of(_folder.Combine("run/new"), _folder.Combine("to/mounted"));

        var refused = await SyncAsync(new SyncSettings { Source = "run", Destination = "to", Delete = true, DryRun = dryRun });
        var left = _folder.Files("run");
        await SyncAsync(new SyncSettings { Source = "run", Destination = "to", Delete = true, Exclude = ["mounted/"] });

        Assert.That(refused.Refusal, Does.Contain("'mounted/'"));
        Assert.That(refused.ExitCode, Is.EqualTo(ErrorCatalog.BadInput));
        Assert.That(left, Is.EqualTo(new[] { "new/new.bin", "old.bin" }));
        Assert.That(_folder.Files("run"), Is.EqualTo(left));
        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "mounted/new.bin", "new/new.bin", "old.bin" }));
    }

    /// <summary>What is in it has the same key on both sides, so none of it is surplus.</summary>
    [Test]
    public async Task A_part_that_both_have_under_one_key_is_no_obstacle()
    {
        _folder.Write("to/stale.bin", "stale");
        using var mount = BindMount.Of(_folder.Combine("run/new"), _folder.Combine("to/new"));

        var report = await SyncAsync(new SyncSettings { Source = "run", Destination = "to", Delete = true });

        Assert.That(report.Refusal, Is.Null);
        Assert.That(_folder.Files("run"), Is.EqualTo(new[] { "new/new.bin", "old.bin" }));
        Assert.That(_folder.Files("to"), Is.EqualTo(_folder.Files("run")));
    }

    [Test]
    public async Task A_link_from_the_source_into_the_destination_keeps_what_it_leads_to()
    {
        _folder.Write("to/held/held.bin", "held");
        Directory.CreateSymbolicLink(_folder.Combine("run/link"), _folder.Combine("to/held"));

        var refused = await SyncAsync(new SyncSettings { Source = "run", Destination = "to", Delete = true });

        Assert.That(refused.Refusal, Does.Contain("'held/'"));
        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "held/held.bin", "link/held.bin", "new/new.bin", "old.bin" }));
    }

    /// <summary>What is behind a link at the destination is not deleted anyway.</summary>
    [Test]
    public async Task A_link_from_the_destination_to_the_source_is_none_of_it()
    {
        _folder.Write("to/old.bin", "old");
        Directory.CreateSymbolicLink(_folder.Combine("to/link"), _folder.Combine("run"));

        await SyncAsync(new SyncSettings { Source = "run", Destination = "to", Delete = true });

        Assert.That(_folder.Files("run"), Is.EqualTo(new[] { "new/new.bin", "old.bin" }));
        Assert.That(File.ReadAllText(_folder.Combine("to/new/new.bin")), Is.EqualTo("new"));
    }

    [TestCase("s3://b/run", "s3://b/run/copy", true)]
    [TestCase("s3://b", "s3://b/copy", true)]
    [TestCase("s3://b/run/new", "s3://b/run", true)]
    [TestCase("s3://b/run", "s3://b/run", true)]
    [TestCase("s3://b/run", "s3://b/run-2", false)]
    [TestCase("s3://b/run", "s3://c/run/copy", false)]
    [TestCase("s3://b/run", "gs://b/run/copy", false)]
    public async Task Buckets_overlap_by_their_prefixes(string from, string to, bool isRefused)
    {
        await using var source = new MemoryStore(from);
        await using var destination = new MemoryStore(to);
        await source.PutAsync("x", new byte[1], new());
        var settings = new SyncSettings { Source = from, Destination = to, Delete = true };
        Task RunAsync() => new SyncOperation(settings, TestHost.For(_folder), "sync", source, destination).RunAsync(CancellationToken.None);

        if (isRefused)
            await RefusedAsync(RunAsync);
        else
            await RunAsync();
    }

    private static MemoryStore Holding(ObjectUrl root, string key)
    {
        var store = new MemoryStore(root);
        store.Store(key, new byte[1], new());
        return store;
    }

    private static async Task<TrainctlException> RefusedAsync(Func<Task> act)
    {
        var error = (await Assert.ThrowsAsync<TrainctlException>(act))!;
        Assert.That(error.Error, Is.EqualTo(TrainctlError.InvalidSetting));
        return error;
    }

    private Task<SyncReport> SyncAsync(SyncSettings settings) => TestHost.Engine(_folder).SyncAsync(settings);

    private Task<SyncReport> CopyAsync(string destination) =>
        TestHost.Engine(_folder).CopyAsync(new CopySettings { Source = "run", Destination = destination, Recursive = true });
}
