using System.Net;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Tests.Storage.S3;

/// <summary>A deletion that seemed to fail may have been done, and what is there by the time of the next attempt may be somebody's new object.</summary>
public sealed class RepeatedDeletionTests
{
    private const int Objects = 20;

    private readonly SortedDictionary<string, (string ETag, string Time)> _there = new(StringComparer.Ordinal);
    private readonly List<string[]> _attempts = [];

    [SetUp]
    public void SetUp()
    {
        _attempts.Clear();
        _there.Clear();
        for (var i = 0; i < Objects; i++)
            _there.Add($"k{i:00}", ("old", "2024-06-01T12:00:00.000Z"));
    }

    /// <summary>The same bytes have the same ETag, and another time.</summary>
    [Test]
    public async Task What_was_written_since_the_first_attempt_is_not_deleted_by_the_next()
    {
        using var client = Client(() =>
        {
            _there.Clear();
            _there.Add("k03", ("old", "2024-06-01T12:00:00.000Z"));
            _there.Add("k07", ("new", "2024-06-01T12:00:30.000Z"));
            _there.Add("k11", ("old", "2024-06-01T12:00:30.000Z"));
            throw new AmazonS3Exception("Try again.") { StatusCode = HttpStatusCode.InternalServerError, ErrorCode = "InternalError" };
        });
        client.Server.Answer(HttpStatusCode.NotFound);
        await using var store = client.Open();
        var seen = await store.ListAsync(new ListRequest()).ToListAsync();

        var outcomes = await store.DeleteAsync([.. seen.Select(static o => new DeleteRequest(o.Key, o) { IsFresh = true })]);

        Assert.That(_attempts.Select(static a => a.Length), Is.EqualTo(new[] { Objects, 1 }));
        Assert.That(_attempts[1], Is.EqualTo(new[] { "k03" }));
        Assert.That(
            outcomes.Where(static o => o.Failure is not null).Select(static o => (o.Key, o.Failure!.Error)),
            Is.EqualTo(new[] { ("k07", TrainctlError.Drift), ("k11", TrainctlError.Drift) }));
    }

    [Test]
    public async Task Nothing_is_sent_again_when_nothing_is_left()
    {
        using var client = Client(() =>
        {
            _there.Clear();
            throw new AmazonS3Exception("Try again.") { StatusCode = HttpStatusCode.InternalServerError, ErrorCode = "InternalError" };
        });
        client.Server.Answer(HttpStatusCode.NotFound);
        await using var store = client.Open();
        var seen = await store.ListAsync(new ListRequest()).ToListAsync();

        var outcomes = await store.DeleteAsync([.. seen.Select(static o => new DeleteRequest(o.Key, o) { IsFresh = true })]);

        Assert.That(outcomes.Select(static o => o.Failure), Is.All.Null);
        Assert.That(_attempts, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task An_object_that_goes_alone_is_looked_at_again_too()
    {
        using var client = Client(static () => { });
        client.Refusal = new AmazonS3Exception("Try again.") { StatusCode = HttpStatusCode.InternalServerError, ErrorCode = "InternalError" };
        client.Server.Answer(HttpStatusCode.OK, ("ETag", "\"new\""), ("Content-Length", "1"));
        await using var store = client.Open();
        var seen = await store.ListAsync(new ListRequest()).ToListAsync();

        var outcome = (await store.DeleteAsync([new DeleteRequest("k07", seen[7]) { IsFresh = true }])).Single();

        Assert.That(outcome.Failure!.Error, Is.EqualTo(TrainctlError.Drift));
        Assert.That(client.DeletedAlone, Is.EqualTo(new[] { "k07" }));
    }

    /// <param name="first">Happens at the first deletion of many.</param>
    private ScriptedClient Client(Action first)
    {
        var client = new ScriptedClient
        {
            OnPage = _ => Task.FromResult(
                "<ListBucketResult><IsTruncated>false</IsTruncated>"
                + string.Concat(_there.Select(static o => $"<Contents><Key>{o.Key}</Key><LastModified>{o.Value.Time}</LastModified><ETag>&quot;{o.Value.ETag}&quot;</ETag><Size>1</Size></Contents>"))
                + "</ListBucketResult>"),
            OnDelete = keys =>
            {
                _attempts.Add([.. keys]);
                if (_attempts.Count == 1)
                    first();
                return [];
            },
        };
        return client;
    }
}
