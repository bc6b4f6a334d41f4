using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

public sealed class CopyTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task One_file_is_copied_to_the_name_that_was_given()
    {
        _folder.Write("best.pt", "weights");

        await Engine.CopyAsync(new CopySettings { Source = "best.pt", Destination = "to/renamed.pt" });

        Assert.That(await File.ReadAllTextAsync(_folder.Combine("to/renamed.pt")), Is.EqualTo("weights"));
    }

    [Test]
    public async Task A_destination_that_ends_with_a_separator_takes_the_file_under_its_own_name()
    {
        _folder.Write("best.pt", "weights");

        await Engine.CopyAsync(new CopySettings { Source = "best.pt", Destination = "to/" });

        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "best.pt" }));
    }

    [Test]
    public async Task A_folder_is_only_copied_when_asked_for()
    {
        _folder.Write("from/a", "a");

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => Engine.CopyAsync(new CopySettings { Source = "from", Destination = "to" })))!;
        await Engine.CopyAsync(new CopySettings { Source = "from", Destination = "to", Recursive = true });

        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Does.Contain("recursive"));
            Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "a" }));
        });
    }

    /// <summary>Two slashes are a key of its own in a bucket.</summary>
    [Test]
    public async Task A_doubled_slash_names_another_object()
    {
        await using var store = new MemoryStore(ObjectUrl.Parse("s3://bucket/a"));
        await store.PutAsync("w.pt", "one"u8.ToArray(), new PutOptions());
        await store.PutAsync("/w.pt", "two"u8.ToArray(), new PutOptions());
        _folder.Write("up.pt", "three");
        var engine = new TrainctlEngine(TestHost.For(_folder) with { OpenStore = (url, settings, host) => url.IsFolder ? StoreOpener.Open(url, settings, host) : Rooted(url, store) });

        await engine.CopyAsync(new CopySettings { Source = "s3://bucket/a//w.pt", Destination = "to/w.pt" });
        await engine.CopyAsync(new CopySettings { Source = "s3://bucket/a//w.pt", Destination = "into/" });
        await engine.CopyAsync(new CopySettings { Source = "up.pt", Destination = "s3://bucket/a//w.pt" });

        Assert.That(await File.ReadAllTextAsync(_folder.Combine("to/w.pt")), Is.EqualTo("two"));
        Assert.That(await File.ReadAllTextAsync(_folder.Combine("into/w.pt")), Is.EqualTo("two"));
        Assert.That(((await store.HeadAsync("w.pt"))!.Size, (await store.HeadAsync("/w.pt"))!.Size), Is.EqualTo((3L, 5L)));

        static IObjectStore Rooted(ObjectUrl url, MemoryStore store)
        {
            Assert.That(url, Is.EqualTo(store.Root));
            return store;
        }
    }

    [Test]
    public async Task A_missing_source_is_named()
    {
        var error = (await Assert.ThrowsAsync<TrainctlException>(() => Engine.CopyAsync(new CopySettings { Source = "nothing.pt", Destination = "to" })))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.SourceNotFound));
            Assert.That(error.Message, Does.Contain("nothing.pt"));
        });
    }

    [Test]
    public async Task A_dry_run_refuses_what_the_real_run_refuses()
    {
        _folder.Write("from/file/y", "y");
        _folder.Write("to/file", "in the way");
        var settings = new CopySettings { Source = "from", Destination = "to", Recursive = true };

        var dry = await Engine.CopyAsync(settings with { DryRun = true });
        var real = await Engine.CopyAsync(settings);

        Assert.Multiple(() =>
        {
            Assert.That(dry.Objects.Single().Result, Is.EqualTo(OutcomeResult.Refused));
            Assert.That(dry.Objects, Is.EqualTo(real.Objects));
        });
    }

    [Test]
    public async Task A_destination_that_is_not_there_is_the_failure_of_the_whole_copy([Values] bool recursive, [Values] bool dryRun)
    {
        _folder.Write("from/a", "a");
        _folder.Write("from/b", "b");
        var settings = new CopySettings { Source = recursive ? "from" : "from/a", Destination = recursive ? "s3://to" : "s3://to/a", Recursive = recursive, DryRun = dryRun };

        var error = await Assert.ThrowsAsync<TrainctlException>(() => BrokenDestination(TrainctlError.StoreNotFound).CopyAsync(settings));

        Assert.That((error!.ExitCode, error.Message), Is.EqualTo((3, "It is broken.")));
    }

    [TestCase(TrainctlError.CredentialsRejected, true)]
    [TestCase(TrainctlError.CredentialsNotFound, true)]
    [TestCase(TrainctlError.AccessDenied, false)]
    [TestCase(TrainctlError.StoreUnavailable, false)]
    public async Task Of_other_failures_those_of_the_whole_store_end_the_copy(TrainctlError failure, bool isOfStore)
    {
        _folder.Write("from/a", "a");
        _folder.Write("from/b", "b");
        var settings = new CopySettings { Source = "from", Destination = "s3://to", Recursive = true };

        if (isOfStore)
            Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => BrokenDestination(failure).CopyAsync(settings)))!.Error, Is.EqualTo(failure));
        else
            Assert.That((await BrokenDestination(failure).CopyAsync(settings)).Objects.Select(static o => o.ErrorCode), Is.All.EqualTo(ErrorCatalog.Code(failure)));
    }

    /// <summary>As when credentials expire on the way.</summary>
    [Test]
    public async Task What_arrived_before_is_told_object_by_object()
    {
        _folder.Write("from/a", "a");
        _folder.Write("from/b", "b");

        var report = await BrokenDestination(TrainctlError.CredentialsRejected, "b").CopyAsync(new CopySettings { Source = "from", Destination = "s3://to", Recursive = true });

        Assert.That(report.Objects.Select(static o => o.Result), Is.EqualTo(new[] { OutcomeResult.Done, OutcomeResult.Failed }));
    }

    /// <summary>Who may write and not look sees what would be done.</summary>
    [Test]
    public async Task A_dry_run_needs_no_leave_to_look_at_the_destination()
    {
        _folder.Write("from/a", "a");

        var report = await BrokenDestination(TrainctlError.AccessDenied).CopyAsync(new CopySettings { Source = "from", Destination = "s3://to", Recursive = true, DryRun = true });

        Assert.That(report.Objects.Single().Result, Is.EqualTo(OutcomeResult.Planned));
    }

    /// <summary>As MinIO, which is recognised by its first answer, and answers strangely to a line break while it is not.</summary>
    [Test]
    public async Task A_dry_run_knows_what_the_store_refuses_whichever_key_is_first([Values("a\nb", "a\\b", "x")] string first, [Values] bool dryRun)
    {
        await using var source = new MemoryStore("s3://from");
        foreach (var key in (string[])[first, "z", "z\nz"])
            await source.PutAsync(key, new byte[1], new PutOptions());
        await using var destination = new NamingStore(new MemoryStore("s3://to", MemoryStore.S3Traits));
        var engine = new TrainctlEngine(TestHost.For(_folder) with { OpenStore = (url, _, _) => url.Bucket == "from" ? source : destination });

        var report = await engine.CopyAsync(new CopySettings { Source = "s3://from", Destination = "s3://to", Recursive = true, DryRun = dryRun });

        var taken = dryRun ? OutcomeResult.Planned : OutcomeResult.Done;
        Assert.That(
            report.Objects.Select(static o => (o.Key, o.Result)),
            Is.EqualTo(new[] { (first, first.Contains('\n') ? OutcomeResult.Refused : taken), ("z", taken), ("z\nz", OutcomeResult.Refused) }));
        Assert.That(report.ExitCode, Is.EqualTo(1));
    }

    [TestCase(TrainctlError.StoreUnavailable, true)]
    [TestCase(TrainctlError.CredentialsNotFound, true)]
    [TestCase(TrainctlError.StoreRejected, false)]
    [TestCase(TrainctlError.UnsafeKey, false)]
    public async Task A_dry_run_ends_where_the_store_cannot_be_asked(TrainctlError failure, bool ends)
    {
        _folder.Write("from/a", "a");
        Task<SyncReport> RunAsync() => BrokenDestination(failure).CopyAsync(new CopySettings { Source = "from", Destination = "s3://to", Recursive = true, DryRun = true });

        if (ends)
            Assert.That((await Assert.ThrowsAsync<TrainctlException>(RunAsync))!.Error, Is.EqualTo(failure));
        else
            Assert.That((await RunAsync()).Objects.Single().Result, Is.EqualTo(OutcomeResult.Planned));
    }

    [TestCase(true, OutcomeResult.Planned)]
    [TestCase(false, OutcomeResult.Done)]
    public async Task A_key_below_another_is_refused_by_a_folder_whichever_is_written_first(bool dryRun, OutcomeResult expected)
    {
        await using var source = new MemoryStore("s3://from");
        foreach (var key in (string[])["a", "a-b", "a/b", "a/b/c"])
            await source.PutAsync(key, new byte[1], new PutOptions());
        var host = TestHost.For(_folder);
        var engine = new TrainctlEngine(host with { OpenStore = (url, settings, _) => url.IsFolder ? host.OpenStore(url, settings, host) : source });

        var report = await engine.CopyAsync(new CopySettings { Source = "s3://from", Destination = "to", Recursive = true, DryRun = dryRun });

        Assert.That(
            report.Objects.Select(static o => (o.Key, o.Result)),
            Is.EqualTo(new[] { ("a", expected), ("a-b", expected), ("a/b", OutcomeResult.Refused), ("a/b/c", OutcomeResult.Refused) }));
    }

    private TrainctlEngine BrokenDestination(TrainctlError error, string? key = null)
    {
        var host = TestHost.For(_folder);
        var broken = new HookedStore(new MemoryStore("s3://to", MemoryStore.S3Traits)) { OnWrite = Fail, OnHead = Fail };
        return new TrainctlEngine(host with { OpenStore = (url, settings, _) => url.IsFolder ? host.OpenStore(url, settings, host) : broken });

        void Fail(string asked)
        {
            if (key is null || asked == key)
                throw new TrainctlException(error, "It is broken.", asked);
        }
    }

    private TrainctlEngine Engine => TestHost.Engine(_folder);

    private sealed class NamingStore(IObjectStore inner) : ForwardingStore(inner)
    {
        private bool _isMet;

        public override string? RefusalOf(string key) => _isMet && key.Contains('\n') ? "it has a line break" : base.RefusalOf(key);

        public override Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default)
        {
            if (key.AsSpan().IndexOfAny('\n', '\\') >= 0)
                throw new TrainctlException(TrainctlError.StoreRejected, "A strange answer.", key);
            _isMet = true;
            return base.HeadAsync(key, cancellationToken);
        }

        public override Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutOptions options, CancellationToken cancellationToken = default)
        {
            _isMet = true;
            return RefusalOf(key) is { } reason ? throw KeyRefusal.For(this, key, reason) : base.PutAsync(key, content, options, cancellationToken);
        }
    }
}
