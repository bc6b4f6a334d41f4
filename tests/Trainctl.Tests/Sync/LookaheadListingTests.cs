using System.Globalization;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>A listing that is asked what it will come to still shows each object once.</summary>
public sealed class LookaheadListingTests
{
    [TestCase("", 1, ExpectedResult = "k0")]
    [TestCase("k3", 1, ExpectedResult = "k4")]
    [TestCase("k3", 3, ExpectedResult = "k6")]
    [TestCase("k35", 3, ExpectedResult = "k6", Description = "a key that is not there")]
    [TestCase("k8", 1, ExpectedResult = "k9")]
    [TestCase("k8", 2, ExpectedResult = null)]
    [TestCase("z", 1, ExpectedResult = null)]
    public async Task<string?> The_key_so_many_places_behind_another(string key, int places)
    {
        await using var listing = new LookaheadListing(Numbers(10), CancellationToken.None);

        return await listing.AfterAsync(key, places);
    }

    [Test]
    public async Task Objects_are_shown_once_however_much_was_asked()
    {
        for (var seed = 0; seed < SearchSize.Of(50); seed++)
        {
            var random = new Random(seed);
            var count = random.Next(5000);
            await using var listing = new LookaheadListing(Numbers(count), CancellationToken.None);
            var shown = 0;

            await foreach (var found in listing.TakeAsync())
            {
                Assert.That(found.Key, Is.EqualTo(Name(shown, count)), $"seed {seed}");
                if (random.Next(100) == 0)
                {
                    var (from, places) = (shown + random.Next(50), 1 + random.Next(1500));
                    Assert.That(await listing.AfterAsync(Name(from, count), places), Is.EqualTo(from + places < count ? Name(from + places, count) : null), $"seed {seed}");
                }

                shown++;
            }

            Assert.That(shown, Is.EqualTo(count), $"seed {seed}");
        }
    }

    [Test]
    public async Task No_more_is_held_than_it_may()
    {
        var read = 0;
        await using var listing = new LookaheadListing(Numbers(50_000).Select(o => (read++, o).o), CancellationToken.None);
        await using var taking = listing.TakeAsync().GetAsyncEnumerator();

        Assert.That((await listing.AfterAsync("", 20_000), read), Is.EqualTo(((string?)null, LookaheadListing.Most)));
        for (var i = 0; i < 30_000; i++)
            await taking.MoveNextAsync();
        Assert.That(await listing.AfterAsync(Name(30_000, 50_000), 5_000), Is.EqualTo(Name(35_000, 50_000)));
        Assert.That((await listing.AfterAsync(Name(30_000, 50_000), 15_000), read), Is.EqualTo(((string?)null, 30_000 + LookaheadListing.Most)));
    }

    [Test]
    public async Task Nothing_is_read_before_it_is_wanted_and_all_is_closed_in_the_end()
    {
        var (isOpen, isClosed) = (false, false);
        await using (var listing = new LookaheadListing(ReadAsync(), CancellationToken.None))
        {
            Assert.That(isOpen, Is.False);
            await listing.AfterAsync("", 1);
        }

        Assert.That((isOpen, isClosed), Is.EqualTo((true, true)));

        async IAsyncEnumerable<StoredObject> ReadAsync()
        {
            isOpen = true;
            try
            {
                await foreach (var found in Numbers(10))
                    yield return found;
            }
            finally
            {
                isClosed = true;
            }
        }
    }

    private static IAsyncEnumerable<StoredObject> Numbers(int count) =>
        Enumerable.Range(0, count).Select(i => new StoredObject { Key = Name(i, count), Size = 1, ModifiedAt = DateTimeOffset.UnixEpoch }).ToAsyncEnumerable();

    private static string Name(int number, int count) => "k" + number.ToString("d" + (count - 1).ToString(CultureInfo.InvariantCulture).Length, CultureInfo.InvariantCulture);
}
