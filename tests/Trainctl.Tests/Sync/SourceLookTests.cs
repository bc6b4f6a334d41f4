using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;

namespace Trainctl.Tests.Sync;

/// <summary>A bucket is asked for pages where they show many of what is looked for, and by name where they do not.</summary>
public sealed class SourceLookTests
{
    private MemoryStore _memory = null!;
    private PagedStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _memory = new MemoryStore("s3://from");
        _store = new PagedStore(_memory);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        await _memory.DisposeAsync();
    }

    [Test]
    public async Task Neighbours_cost_a_page_and_one_look_by_name()
    {
        await FillAsync(["k0100", "k0250", "z"]);

        Assert.That(await FindAsync(Keys(0, 300)), Is.EqualTo(new[] { "k0100", "k0250" }));
        Assert.That((_store.Pages, _store.Heads), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task A_page_that_ends_before_the_last_is_followed_by_another()
    {
        await FillAsync(Keys(0, 5000).Where(static (_, i) => i % 2 == 0));
        var wanted = Keys(0, 5000).Where(static (_, i) => i % 2 == 1).Append("k0400").Order(StringComparer.Ordinal).ToArray();

        Assert.That(await FindAsync(wanted), Is.EqualTo(new[] { "k0400" }));
        Assert.That((_store.Pages, _store.Heads), Is.EqualTo((3, 3)));
    }

    [Test]
    public async Task Few_among_many_are_asked_for_by_name()
    {
        await FillAsync(Keys(0, 9999));
        var wanted = Keys(0, 20).Select(static (_, i) => $"k{i * 450:0000}+").Append("k9000").ToArray();

        Assert.That(await FindAsync(wanted), Is.EqualTo(new[] { "k9000" }));
        Assert.That((_store.Pages, _store.Heads), Is.EqualTo((1, 19)));
    }

    [Test]
    public async Task Who_may_not_list_is_asked_by_name()
    {
        await FillAsync(["k0003"]);
        _store.MayList = false;

        Assert.That(await FindAsync(Keys(0, 100)), Is.EqualTo(new[] { "k0003" }));
        Assert.That(_store.Heads, Is.EqualTo(100));
    }

    private static IEnumerable<string> Keys(int from, int to) => Enumerable.Range(from, to - from).Select(static i => $"k{i:0000}");

    private async Task FillAsync(IEnumerable<string> keys)
    {
        foreach (var key in keys)
            await _memory.PutAsync(key, new byte[1], new PutOptions());
    }

    private async Task<string[]> FindAsync(IEnumerable<string> keys)
    {
        var stay = await new SourceLook(_store).FindAsync([.. keys], CancellationToken.None);
        Assert.That(stay.Values, Is.All.Null);
        return [.. stay.Keys.Order(StringComparer.Ordinal)];
    }

    private sealed class PagedStore(MemoryStore inner) : IObjectReader, IPageReader
    {
        private int _heads;

        public bool MayList { get; set; } = true;

        public int Pages { get; private set; }

        public int Heads => _heads;

        public ObjectUrl Root => inner.Root;

        public StoreTraits Traits => inner.Traits;

        public async Task<NeighbourPage?> PageAfterAsync(string key, int most, CancellationToken cancellationToken)
        {
            Pages++;
            if (!MayList)
                throw new TrainctlException(TrainctlError.AccessDenied, "Listing is denied.", key);
            var rest = await inner.ListAsync(new ListRequest(), cancellationToken).Where(o => KeyOrder.Compare(o.Key, key) > 0).ToListAsync(cancellationToken);
            return new NeighbourPage(key, [.. rest.Take(most)], rest.Count <= most);
        }

        public Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _heads);
            return inner.HeadAsync(key, cancellationToken);
        }

        public IAsyncEnumerable<StoredObject> ListAsync(ListRequest request, CancellationToken cancellationToken = default) => inner.ListAsync(request, cancellationToken);

        public Task<Stream> OpenReadAsync(string key, ByteRange? range = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
            inner.OpenReadAsync(key, range, ifMatch, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
