using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>A list that is read entry by entry.</summary>
public sealed class EnumerateTests
{
    private const int Objects = 500;

    private MemoryStore _store = null!;
    private int _listed;

    [SetUp]
    public async Task SetUp()
    {
        _store = new MemoryStore("s3://bucket", MemoryStore.S3Traits);
        _listed = 0;
        for (var i = 0; i < Objects; i++)
            await _store.PutAsync(string.Create(CultureInfo.InvariantCulture, $"run-{i / 100}/{i:000}"), new byte[i], new PutOptions());
        await _store.PutAsync("top", new byte[7], new PutOptions());
    }

    [TearDown]
    public async Task TearDown() => await _store.DisposeAsync();

    [TestCase(true)]
    [TestCase(false)]
    public async Task Entries_are_those_of_the_report(bool recursive)
    {
        var settings = new ListSettings { Location = _store.Root, Recursive = recursive };

        var entries = await Engine().EnumerateAsync(settings).ToListAsync();

        var report = await Engine().ListAsync(settings);
        Assert.Multiple(() =>
        {
            Assert.That(entries, Is.EqualTo(report.Entries));
            Assert.That(entries, Has.Count.EqualTo(recursive ? Objects + 1 : 6));
            Assert.That(entries.Sum(static e => e.Objects), Is.EqualTo(Objects + 1));
        });
    }

    [TestCase("s3://bucket/dir/k", false, "s3://bucket/dir", "k")]
    [TestCase("s3://bucket/dir/k", true, "s3://bucket/dir", "k")]
    [TestCase("s3://bucket/top", false, "s3://bucket/", "top")]
    [TestCase("s3://bucket/dir//odd", false, "s3://bucket/dir", "/odd")]
    [TestCase("s3://bucket/dir/k/", false, "s3://bucket/dir/k", null)]
    [TestCase("s3://bucket/dir/kk", false, "s3://bucket/dir/kk", null)]
    [TestCase("s3://bucket/dir/both", false, "s3://bucket/dir/both", "below")]
    [TestCase("s3://bucket/void", false, "s3://bucket/void", null)]
    public async Task An_object_with_nothing_below_it_is_listed_by_its_name(string location, bool recursive, string expected, string? key)
    {
        foreach (var name in (string[])["dir/k", "dir/k-2", "dir//odd", "dir/both", "dir/both/below", "top-2", "void-2"])
            await _store.PutAsync(name, new byte[3], new PutOptions());
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (url, _, _) => new BelowStore(_store, url) };
        var settings = new ListSettings { Location = location, Recursive = recursive };

        var report = await new TrainctlEngine(host).ListAsync(settings);

        Assert.That((report.Location, report.Entries.SingleOrDefault()?.Key), Is.EqualTo((expected, key)));
        Assert.That(await new TrainctlEngine(host).EnumerateAsync(settings).ToListAsync(), Is.EqualTo(report.Entries));
    }

    [Test]
    public async Task No_entry_waits_for_more_than_the_next_object()
    {
        var given = 0;
        var longestLead = 0;
        await foreach (var _ in Engine().EnumerateAsync(new ListSettings { Location = _store.Root, Recursive = true }))
        {
            longestLead = Math.Max(longestLead, _listed - given);
            given++;
        }

        Assert.That((given, longestLead), Is.EqualTo((Objects + 1, 2)));
    }

    [Test]
    public async Task What_came_before_a_failure_is_given_and_what_is_not_listed_is_told()
    {
        var problem = new ListingProblem("run-0/x", ListingProblemKind.UnreadableFile, "It may not be read.");
        var problems = new List<ListingProblem>();
        var keys = new List<string>();
        var engine = Engine(store =>
        {
            store.Problem = problem;
            store.OnListed = key => _ = key == "run-0/003" ? throw new TrainctlException(TrainctlError.ReadFailed, "The connection is gone.", key) : 0;
        });

        var failure = await Assert.ThrowsAsync<TrainctlException>(async () =>
        {
            await foreach (var entry in engine.EnumerateAsync(new ListSettings { Location = _store.Root, Recursive = true }, problems.Add))
                keys.Add(entry.Key);
        });

        Assert.Multiple(() =>
        {
            Assert.That(failure!.Error, Is.EqualTo(TrainctlError.ReadFailed));
            Assert.That(keys, Is.EqualTo(new[] { "run-0/000", "run-0/001" }), "one is held, to see whether the next belongs to it");
            Assert.That(problems, Is.EqualTo(new[] { problem }));
        });
    }

    [Test]
    public async Task Who_may_not_list_beside_an_empty_prefix_gets_an_empty_list()
    {
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (url, _, _) => new HookedStore(new BelowStore(_store, url)) { OnListing = () => ThrowIfParent(url) } };

        Assert.That((await new TrainctlEngine(host).ListAsync(new ListSettings { Location = "s3://bucket/dir/k" })).Entries, Is.Empty);

        static void ThrowIfParent(ObjectUrl url)
        {
            if (url.Path == "dir")
                throw new TrainctlException(TrainctlError.AccessDenied, "Listing is denied.");
        }
    }

    private TrainctlEngine Engine(Action<HookedStore>? change = null)
    {
        var store = new HookedStore(_store) { OnListed = _ => _listed++ };
        change?.Invoke(store);
        return new TrainctlEngine(new EngineHost { WorkingDirectory = "/", Environment = static _ => null, OpenStore = (_, _, _) => store });
    }

    private sealed class BelowStore(IObjectStore bucket, ObjectUrl root) : ForwardingStore(bucket)
    {
        public override ObjectUrl Root => root.WithoutEndSeparator();

        public override IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default)
        {
            var prefix = Root.Path.Length == 0 ? "" : Root.Path + "/";
            return base.ListAsync(request with { Prefix = prefix + request.Prefix }, cancellationToken).Select(o => o with { Key = o.Key[prefix.Length..] });
        }
    }
}
