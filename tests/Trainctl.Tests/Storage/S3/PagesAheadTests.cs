using System.Globalization;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.Faults;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Listings whose pages are asked for side by side show what they show one after another, whatever was expected and whatever the store answers.</summary>
public sealed class PagesAheadTests
{
    private static readonly string[] Hundred = [.. Enumerable.Range(0, 100).Select(static i => $"f{i:00}")];

    [Test]
    public async Task Pages_of_known_keys_are_asked_for_side_by_side()
    {
        var bucket = new PagedBucket(Hundred) { Crowd = 3 };

        Assert.That(await ListAsync(bucket, Hundred), Is.EqualTo(Hundred));

        Assert.That((bucket.Ahead, bucket.Requests), Is.EqualTo((10, 12)), "a tenth of each page is seen twice");
    }

    [Test]
    public async Task Below_a_prefix_keys_are_asked_for_with_it()
    {
        var bucket = new PagedBucket([.. Hundred.Select(static k => "a/b/" + k), "a/a", "a/c"]);

        Assert.That(await ListAsync(bucket, Hundred, url: "s3://bucket/a/b"), Is.EqualTo(Hundred));

        Assert.That(bucket.Ahead, Is.EqualTo(10));
    }

    [TestCase("")]
    [TestCase("a b c")]
    public async Task Where_nothing_of_use_is_known_one_page_comes_after_another(string known)
    {
        var bucket = new PagedBucket(Hundred);

        Assert.That(await ListAsync(bucket, known.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Is.EqualTo(Hundred));

        Assert.That((bucket.Ahead, bucket.Requests), Is.EqualTo((0, 10)));
    }

    [Test]
    public async Task A_short_listing_of_a_large_folder_costs_a_few_requests_more([Values(5, 15)] int objects)
    {
        var bucket = new PagedBucket(Hundred.Take(objects));

        Assert.That(await ListAsync(bucket, [.. Enumerable.Range(0, 5000).Select(static i => $"f{i:0000}")]), Is.EqualTo(Hundred.Take(objects)));

        Assert.That(bucket.Ahead, Is.LessThanOrEqualTo(objects < 10 ? 0 : 2));
    }

    /// <summary>Ten times as many are known as there are: steps become longer, and not each of them finds something.</summary>
    [Test]
    public async Task Where_most_of_what_is_known_is_missing_requests_stay_few()
    {
        string[] known = [.. Enumerable.Range(0, 10_000).Select(static i => $"f{i:0000}")];
        string[] there = [.. known.Where(static (_, i) => i % 10 == 0)];
        var bucket = new PagedBucket(there);

        Assert.That(await ListAsync(bucket, known), Is.EqualTo(there));

        Assert.That(bucket.Requests, Is.LessThan(2 * there.Length / bucket.PageSize));
    }

    [Test]
    public async Task Where_little_of_what_is_there_is_known_requests_stay_few()
    {
        string[] there = [.. Enumerable.Range(0, 1000).Select(static i => $"f{i:0000}")];
        var bucket = new PagedBucket(there);

        Assert.That(await ListAsync(bucket, [.. there.Where(static (_, i) => i % 10 == 0)]), Is.EqualTo(there));

        Assert.That(bucket.Requests, Is.LessThan(2 * there.Length / bucket.PageSize));
    }

    /// <summary>Keys on both sides, on one, on none; pages of any size; names of which one begins another, and of all planes of Unicode.</summary>
    [Test]
    public async Task Every_listing_is_the_same_as_without()
    {
        for (var seed = 0; seed < SearchSize.Of(50); seed++)
        {
            var random = new Random(seed);
            var universe = Universe(random);
            string[] there = Some(random, universe), known = Some(random, universe);
            var bucket = new PagedBucket(there) { PageSize = 1 + random.Next(12) };

            Assert.That(await ListAsync(bucket, known, network: HurriedTime.Instance), Is.EqualTo(there.Order(KeyOrder.Instance)), $"seed {seed}");

            Assert.That(bucket.Requests, Is.LessThanOrEqualTo(10 + (4 * there.Length / bucket.PageSize)), $"seed {seed}");
        }
    }

    /// <summary>What is there all the time is listed once; what comes or goes meanwhile may be listed, in its place.</summary>
    [Test]
    public async Task While_objects_come_and_go_those_that_stay_are_listed_once()
    {
        for (var seed = 0; seed < SearchSize.Of(30); seed++)
        {
            var random = new Random(seed);
            var universe = Universe(random);
            string[] stays = Some(random, universe), changes = [.. universe.Except(stays)];
            var bucket = new PagedBucket(stays) { PageSize = 2 + random.Next(10), OnAsked = b => b.Change(Shuffle) };

            var keys = await ListAsync(bucket, seed % 2 == 0 ? universe : null, network: HurriedTime.Instance);

            Assert.That(keys, Is.SupersetOf(stays), $"seed {seed}");
            Assert.That(keys, Is.Ordered.Using((IComparer<string>)KeyOrder.Instance).And.Unique, $"seed {seed}");

            void Shuffle(SortedSet<string> keys)
            {
                for (var i = 0; i < 5 && changes.Length > 0; i++)
                {
                    var key = changes[random.Next(changes.Length)];
                    if (!keys.Remove(key))
                        keys.Add(key);
                }
            }
        }
    }

    private static IEnumerable<TestCaseData<Func<string, IEnumerable<string>, IEnumerable<string>>>> Misunderstandings()
    {
        yield return Case("begins at the beginning", static (_, keys) => keys);
        yield return Case("begins with the key itself", static (after, keys) => keys.Where(k => KeyOrder.Compare(k, after) >= 0));
        yield return Case("begins too late", static (after, keys) => keys.Where(k => KeyOrder.Compare(k, after) > 0).Skip(3));
        yield return Case("shows nothing", static (_, _) => []);
        yield return Case("ends too early", static (after, keys) => keys.Where(k => KeyOrder.Compare(k, after) > 0).Take(1));
        yield return Case("is refused", static (_, _) => throw new AmazonS3Exception("no") { StatusCode = System.Net.HttpStatusCode.NotImplemented, ErrorCode = "NotImplemented" });
        yield return Case("is not allowed", static (_, _) => throw new AmazonS3Exception("no") { StatusCode = System.Net.HttpStatusCode.Forbidden, ErrorCode = "AccessDenied" });

        static TestCaseData<Func<string, IEnumerable<string>, IEnumerable<string>>> Case(string name, Func<string, IEnumerable<string>, IEnumerable<string>> onAhead) =>
            new(onAhead) { TestName = $"A page behind a key that {name} is not taken" };
    }

    [TestCaseSource(nameof(Misunderstandings))]
    public async Task A_page_that_is_something_else_is_not_taken(Func<string, IEnumerable<string>, IEnumerable<string>> onAhead)
    {
        var bucket = new PagedBucket(Hundred) { OnAhead = onAhead };

        Assert.That(await ListAsync(bucket, Hundred), Is.EqualTo(Hundred));
    }

    /// <summary>A store that does not know the name of the parameter, and one that knows listings of the first version only, answer each from the beginning.</summary>
    [Test]
    public async Task After_a_misunderstanding_nothing_more_is_asked_for_ahead()
    {
        var bucket = new PagedBucket(Enumerable.Range(0, 400).Select(static i => $"f{i:000}")) { OnAhead = static (_, keys) => keys };

        Assert.That(await ListAsync(bucket, [.. Enumerable.Range(0, 400).Select(static i => $"f{i:000}")]), Has.Length.EqualTo(400));

        Assert.That(bucket.Ahead, Is.LessThanOrEqualTo(PagesAhead.Most));
    }

    [Test]
    public async Task What_is_wrong_with_the_store_is_told_all_the_same()
    {
        var bucket = new PagedBucket(Hundred) { OnAsked = static b => _ = b.Requests > 5 ? throw new AmazonS3Exception("no") { StatusCode = System.Net.HttpStatusCode.Forbidden, ErrorCode = "AccessDenied" } : 0 };

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => ListAsync(bucket, Hundred)))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.AccessDenied));
    }

    /// <summary>Names that cannot be names are told of once, and not lost among pages that overlap.</summary>
    [Test]
    public async Task Names_that_are_not_valid_are_told_of_once()
    {
        using var client = new ScriptedClient { OnPage = AnswerAsync };
        await using var store = client.Open();
        var problems = new List<ListingProblem>();
        await using var known = new LookaheadListing(Objects(Hundred), CancellationToken.None);

        var keys = await store.ListAsync(new ListRequest { Ahead = known, OnProblem = problems.Add }).Select(static o => o.Key).ToArrayAsync();

        Assert.That(keys, Is.EqualTo(Hundred.Where(static k => k[^1] != '9')));
        Assert.That(problems.Select(static p => p.Key), Is.EqualTo(Hundred.Where(static k => k[^1] == '9').Select(static k => k + "%ff")));

        static Task<string> AnswerAsync(Uri url)
        {
            var query = System.Web.HttpUtility.ParseQueryString(url.Query);
            var after = query["start-after"] ?? query["continuation-token"] ?? "";
            var found = Hundred.Select(static k => k[^1] == '9' ? k + "%ff" : k).Where(k => string.CompareOrdinal(k, after) > 0).ToArray();
            return Task.FromResult(ScriptedClient.Page(found.Length > 10 ? found[9] : null, [.. found.Take(10)]));
        }
    }

    [Test]
    public async Task Nothing_is_on_its_way_once_a_listing_was_left()
    {
        var bucket = new PagedBucket(Hundred);
        using var client = new ScriptedClient { OnPage = bucket.AnswerAsync };
        await using var store = client.Open();
        await using var known = new LookaheadListing(Objects(Hundred), CancellationToken.None);

        await foreach (var found in store.ListAsync(new ListRequest { Ahead = known }))
        {
            if (found.Key == "f25")
                break;
        }

        Assert.That((bucket.Ahead > 0, bucket.Waiting), Is.EqualTo((true, 0)));
    }

    [TestCase("shard-{0:0000}.tar")]
    [TestCase("run-a/step-{0:00000}00/model.pt")]
    [TestCase("{0:x4}/{0:x8}")]
    public async Task Keys_that_count_are_guessed_on_a_store_that_is_far(string name)
    {
        string[] there = [.. Enumerable.Range(0, 600).Select(i => string.Format(CultureInfo.InvariantCulture, name, i * 7)).Order(KeyOrder.Instance)];
        var bucket = new PagedBucket(there) { PageSize = 20 };

        Assert.That(await ListAsync(bucket, known: null, network: HurriedTime.Instance), Is.EqualTo(there));

        Assert.That(bucket.Ahead, Is.InRange(20, 45));
    }

    [Test]
    public async Task On_a_store_that_is_near_nothing_is_guessed()
    {
        var bucket = new PagedBucket(Hundred);

        Assert.That(await ListAsync(bucket, known: null, network: new StandingTime()), Is.EqualTo(Hundred));

        Assert.That((bucket.Ahead, bucket.Requests), Is.EqualTo((0, 10)));
    }

    [Test]
    public async Task A_listing_of_two_pages_is_two_requests()
    {
        var bucket = new PagedBucket(Hundred.Take(20)) { PageSize = 10 };

        Assert.That(await ListAsync(bucket, known: null, network: HurriedTime.Instance), Is.EqualTo(Hundred.Take(20)));

        Assert.That(bucket.Requests, Is.EqualTo(2));
    }

    private static async Task<string[]> ListAsync(PagedBucket bucket, string[]? known, string url = "s3://bucket", TimeProvider? network = null)
    {
        using var client = new ScriptedClient { OnPage = bucket.AnswerAsync, NetworkTime = network ?? TimeProvider.System };
        await using var store = client.Open(url);
        await using var ahead = known is null ? null : new LookaheadListing(Objects([.. known.Order(KeyOrder.Instance)]), CancellationToken.None);
        return await store.ListAsync(new ListRequest { Ahead = ahead }).Select(static o => o.Key).ToArrayAsync();
    }

    private static IAsyncEnumerable<StoredObject> Objects(string[] keys) => keys.Select(static k => new StoredObject { Key = k, Size = 1, ModifiedAt = DateTimeOffset.UnixEpoch }).ToAsyncEnumerable();

    private static string[] Universe(Random random)
    {
        string[] stems = ["", "a/", "a/b-", "run-", "ä", "\uE000", "\U0001F600/", "z&<>+ %2B"];
        return [.. Enumerable.Range(0, 20 + random.Next(150)).Select(i => stems[random.Next(stems.Length)] + i.ToString(random.Next(2) == 0 ? "d" : "d4", CultureInfo.InvariantCulture)).Distinct()];
    }

    private static string[] Some(Random random, string[] universe)
    {
        var share = random.Next(4) switch { 0 => 1.0, 1 => 0.95, 2 => 0.5, _ => 0.1 };
        return [.. universe.Where(_ => random.NextDouble() < share)];
    }
}
