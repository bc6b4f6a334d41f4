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

    private TrainctlEngine Engine(Action<HookedStore>? change = null)
    {
        var store = new HookedStore(_store) { OnListed = _ => _listed++ };
        change?.Invoke(store);
        return new TrainctlEngine(new EngineHost { WorkingDirectory = "/", Environment = static _ => null, OpenStore = (_, _, _) => store });
    }
}
