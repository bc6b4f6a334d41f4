using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>What comes to the source after its listing is not surplus at the destination.</summary>
public sealed class LateSourceTests
{
    private static readonly SyncSettings Settings = new() { Source = "s3://from", Destination = "s3://to", Delete = true };

    private TemporaryFolder _folder = null!;
    private MemoryStore _memory = null!;
    private MemoryStore _destination = null!;
    private HookedStore _source = null!;
    private HookedStore _target = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _memory = new MemoryStore("s3://from");
        _destination = new MemoryStore("s3://to");
        _source = new HookedStore(_memory);
        _target = new HookedStore(_destination);
        await _memory.PutAsync("a", new byte[1], new PutOptions());
        _folder.Write("from/a", "a");
        foreach (var key in (string[])["late", "old"])
            await _destination.PutAsync(key, new byte[1], new PutOptions());
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _source.DisposeAsync();
        await _target.DisposeAsync();
        await _memory.DisposeAsync();
        await _destination.DisposeAsync();
    }

    [Test]
    public async Task What_another_pipeline_wrote_to_both_sides_meanwhile_stays()
    {
        _target.OnWrite = _ => _memory.PutAsync("late", new byte[1], new PutOptions()).GetAwaiter().GetResult();

        var report = await RunAsync(_source, Settings);

        Assert.That(await KeysAsync(), Is.EqualTo(new[] { "a", "late" }));
        Assert.That(report.Objects.Select(static o => (o.Key, o.Action)), Is.EqualTo(new[] { ("a", ObjectAction.Copy), ("old", ObjectAction.Delete) }));
        Assert.That(report.Notes, Has.Some.Contains("1 object only at the destination").And.Some.Contains("'late'"));
        Assert.That(report.ExitCode, Is.Zero);
    }

    [Test]
    public async Task So_does_what_was_written_to_a_folder()
    {
        _target.OnWrite = _ => _folder.Write("from/late", "new");

        await RunAsync(new FolderStore(ObjectUrl.Parse(_folder.Combine("from"))), Settings with { Source = "from" });

        Assert.That(await KeysAsync(), Is.EqualTo(new[] { "a", "late" }));
    }

    /// <summary>They stand for a file that a listing would protect.</summary>
    [Test]
    public async Task So_does_what_became_a_link_that_leads_nowhere_and_what_became_a_folder_goes()
    {
        _target.OnWrite = _ =>
        {
            File.CreateSymbolicLink(_folder.Combine("from/late"), "nowhere");
            Directory.CreateDirectory(_folder.Combine("from/old"));
        };

        await RunAsync(new FolderStore(ObjectUrl.Parse(_folder.Combine("from"))), Settings with { Source = "from" });

        Assert.That(await KeysAsync(), Is.EqualTo(new[] { "a", "late" }));
    }

    [Test]
    public async Task What_the_source_does_not_say_stays_and_is_a_failure()
    {
        _source.OnHead = static key =>
        {
            if (key != "a")
                throw new TrainctlException(TrainctlError.StoreUnavailable, $"'{key}' cannot be asked for.", key);
        };

        var report = await RunAsync(_source, Settings);

        Assert.That(await KeysAsync(), Is.EqualTo(new[] { "a", "late", "old" }));
        Assert.That(report.Objects.Where(static o => o.Result == OutcomeResult.Failed).Select(static o => o.Key), Is.EqualTo(new[] { "late", "old" }));
        Assert.That(report.ExitCode, Is.EqualTo(1));
    }

    /// <summary>A data set that is refreshed by renaming, while it is read. What is left of the names of a folder that is deleted is not told.</summary>
    [Test]
    public async Task A_folder_that_another_replaces_while_it_is_read_deletes_nothing()
    {
        for (var i = 0; i < 3000; i++)
        {
            _folder.Write($"from/b/{i:0000}", "x");
            await _destination.PutAsync($"b/{i:0000}", new byte[1], new PutOptions());
        }

        foreach (var name in (string[])["l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7"])
            File.CreateSymbolicLink(_folder.Combine("from/b/" + name), "nowhere");
        var source = new ReplacedFolderStore(_folder.Combine("from"), () =>
        {
            Directory.Move(_folder.Combine("from/b"), _folder.Combine("old"));
            Directory.CreateDirectory(_folder.Combine("from/b"));
            Directory.Delete(_folder.Combine("old"), recursive: true);
        });

        var report = await RunAsync(source, Settings with { Source = "from" });

        Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.Refused));
        Assert.That(report.Refusal, Does.Contain("Another folder took the place of 'b'"));
        Assert.That((await KeysAsync()).Count(static k => k.StartsWith("b/", StringComparison.Ordinal)), Is.EqualTo(3000));
    }

    [Test]
    public async Task A_folder_that_is_deleted_while_it_is_read_keeps_what_it_had()
    {
        Directory.CreateDirectory(_folder.Combine("from/b"));
        File.CreateSymbolicLink(_folder.Combine("from/b/link"), "nowhere");
        await _destination.PutAsync("b/y", new byte[1], new PutOptions());
        var source = new ReplacedFolderStore(_folder.Combine("from"), () => Directory.Delete(_folder.Combine("from/b"), recursive: true));

        var report = await RunAsync(source, Settings with { Source = "from" });

        Assert.That(await KeysAsync(), Is.EqualTo(new[] { "a", "b/y" }), string.Join('\n', report.Objects.Select(static o => o.ToString()).Concat(report.Notes).Concat(report.Problems.Select(static p => p.ToString()))));
    }

    [Test]
    public async Task A_root_that_another_replaces_while_it_is_read_fails_the_listing()
    {
        File.CreateSymbolicLink(_folder.Combine("from/link"), "nowhere");
        var source = new ReplacedFolderStore(_folder.Combine("from"), () =>
        {
            Directory.Move(_folder.Combine("from"), _folder.Combine("old"));
            _folder.Write("from/b", "b");
        });

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(source, Settings with { Source = "from" })))!;

        Assert.That(error.Error, Is.EqualTo(TrainctlError.ReadFailed));
        Assert.That(await KeysAsync(), Does.Contain("old"));
    }

    private async Task<string[]> KeysAsync() => [.. (await _destination.ListAsync(new ListRequest()).ToListAsync()).Select(static o => o.Key)];

    private Task<SyncReport> RunAsync(IObjectStore source, SyncSettings settings) =>
        new TrainctlEngine(TestHost.For(_folder) with { OpenStore = (url, _, _) => url.Bucket == "to" ? _target : source }).SyncAsync(settings);

    /// <summary>A folder to which something happens at the first problem that its listing meets, which is while names are read.</summary>
    private sealed class ReplacedFolderStore(string path, Action act) : ForwardingStore(new FolderStore(ObjectUrl.Parse(path)))
    {
        private bool _hasActed;

        public override IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => base.ListAsync(
            request with
            {
                OnProblem = problem =>
                {
                    if (!_hasActed)
                    {
                        _hasActed = true;
                        act();
                    }

                    request.OnProblem?.Invoke(problem);
                },
            },
            cancellationToken);
    }
}
