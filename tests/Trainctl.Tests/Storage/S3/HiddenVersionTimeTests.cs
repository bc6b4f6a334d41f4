using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Since when versions are hidden. One that seems hidden for longer than it is would be deleted for good too early.</summary>
public sealed class HiddenVersionTimeTests
{
    private const string Nameless = "null";

    /// <summary>How a page has its entries: S3 newest first, others the kinds one after the other (versitygw, old releases of MinIO and SeaweedFS).</summary>
    public enum PageOrder
    {
        NewestFirst,
        MarkersFirst,
        VersionsFirst,
    }

    /// <summary>Each day's entry by its first letter, newest first: D a delete marker, V a version. Sizes that end a page behind every one of them.</summary>
    [Test]
    public async Task No_version_is_hidden_before_it_was(
        [Values("D20 V1", "D20 V10 V1", "V30 D20 V1", "D30 D20 V1", "D40 V30 D20 V1", "D40 D35 V30 V25 D20 D15 V1", "V50 V40 D30 V20 V10", "V40 D30", "V9 V8 V7 V6 V5 V4 V3 V2 V1")] string history,
        [Values] PageOrder order,
        [Values(1, 2, 3, 4, 5, 1000)] int size)
    {
        Entry[] entries = [.. Entries("a", history), .. Entries("a more", "D45 V44 V2"), .. Entries("b", history)];
        var started = DateTimeOffset.UtcNow;

        await AnsweredStore.WithAsync(request => Page(request, entries, order, size), async store =>
        {
            var hidden = await store.ListHiddenVersionsAsync().ToListAsync();

            Assert.That(hidden.Select(static v => (v.Key, v.VersionId)), Is.EquivalentTo(entries.Where(static e => !e.IsLatest || e.IsMarker).Select(static e => (e.Key, e.Id))));
            Assert.That(hidden.Select(static v => v.Key), Is.Ordered.Using(KeyOrder.Instance));
            foreach (var version in hidden)
            {
                var hider = entries.TakeWhile(e => e.Key != version.Key || e.Id != version.VersionId).LastOrDefault(e => e.Key == version.Key) ?? entries.Single(e => e.Key == version.Key && e.Id == version.VersionId);
                Assert.That(version.HiddenAt, order == PageOrder.NewestFirst && size == 1000 ? Is.EqualTo(hider.Time) : Is.GreaterThanOrEqualTo(hider.Time), $"{version.Key} {version.VersionId}");
                Assert.That(version.HiddenAt, Is.LessThan(started), $"{version.Key} {version.VersionId} counts as hidden now");
            }
        });
    }

    /// <summary>The version that one deletion or one write hid, whichever comes first on a page.</summary>
    [Test]
    public async Task A_version_is_hidden_since_what_hid_it([Values("D20 V1", "V20 V1", "D20 V19 V18")] string history, [Values] PageOrder order, [Values(1, 1000)] int size)
    {
        var entries = Entries("a", history);

        await AnsweredStore.WithAsync(request => Page(request, entries, order, size), async store =>
        {
            var hidden = await store.ListHiddenVersionsAsync().Where(static v => !v.IsDeleteMarker).ToListAsync();

            Assert.That(hidden.Select(static v => (v.VersionId, v.HiddenAt)), Is.EqualTo(entries.Skip(1).Zip(entries, static (e, hider) => (e.Id, hider.Time))));
        });
    }

    /// <summary>Nothing shows it: no newer entry, or one without a time.</summary>
    [TestCase("<Version><Key>a</Key><VersionId>1</VersionId><IsLatest>false</IsLatest><LastModified>2024-01-01T00:00:00.000Z</LastModified></Version>")]
    [TestCase("<DeleteMarker><Key>a</Key><VersionId>2</VersionId><IsLatest>true</IsLatest></DeleteMarker><Version><Key>a</Key><VersionId>1</VersionId><IsLatest>false</IsLatest><LastModified>2024-01-01T00:00:00.000Z</LastModified></Version>")]
    [TestCase("<DeleteMarker><Key>b</Key><VersionId>2</VersionId><IsLatest>true</IsLatest><LastModified>2024-01-01T00:00:00.000Z</LastModified></DeleteMarker><Version><Key>a</Key><VersionId>1</VersionId><IsLatest>false</IsLatest><LastModified>2024-01-01T00:00:00.000Z</LastModified></Version>")]
    public async Task A_version_of_which_it_is_not_known_counts_as_hidden_now(string entries)
    {
        var started = DateTimeOffset.UtcNow;
        await AnsweredStore.WithAsync(_ => $"<ListVersionsResult><IsTruncated>false</IsTruncated>{entries}</ListVersionsResult>", async store =>
        {
            var version = await store.ListHiddenVersionsAsync().SingleAsync(static v => v.VersionId == "1");

            Assert.That(version.HiddenAt, Is.GreaterThanOrEqualTo(started));
        });
    }

    /// <summary>An upload in parts has the time at which it was begun, on AWS.</summary>
    [Test]
    public async Task A_version_is_not_hidden_before_it_was_written()
    {
        Entry[] entries = [new("a", "2", false, true, Day(1)), new("a", "1", false, false, Day(5))];
        await AnsweredStore.WithAsync(request => Page(request, entries, PageOrder.NewestFirst, 1000), async store =>
            Assert.That((await store.ListHiddenVersionsAsync().SingleAsync()).HiddenAt, Is.EqualTo(Day(5))));
    }

    /// <summary>Some servers begin a page with the last entry of the one before (versitygw), or with the first of its last key where they have no name for a place within it.</summary>
    [Test]
    public async Task A_version_that_is_told_twice_does_not_hide_itself([Values] PageOrder order, [Values] bool wholeKey)
    {
        var entries = Entries("a", "D40 V30 V20 D10 V1");
        await AnsweredStore.WithAsync(
            request => AnsweredStore.QueryOf(request).ContainsKey("key-marker")
                ? Text(wholeKey ? entries : entries[2..], order, next: null)
                : Text(entries[..3], order, next: entries[2]),
            async store =>
            {
                var hidden = await store.ListHiddenVersionsAsync().Where(static v => !v.IsDeleteMarker).ToListAsync();

                foreach (var (version, time) in hidden.Select(v => (v, entries[Array.FindIndex(entries, e => e.Id == v.VersionId) - 1].Time)))
                    Assert.That(version.HiddenAt, Is.GreaterThanOrEqualTo(time), version.VersionId);
            });
    }

    /// <summary>The version without a name is the current one by now, and deleting it would delete the object.</summary>
    [Test]
    public async Task A_nameless_version_that_is_current_again_is_not_deleted([Values] PageOrder order, [Values(1, 2, 1000)] int size, [Values] bool isReplaced)
    {
        Entry[] before = [new("a", "9", true, true, Day(20)), new("a", Nameless, false, false, Day(1))];
        Entry[] after = isReplaced ? [new("a", Nameless, false, true, Day(30)), before[0] with { IsLatest = false }] : before;
        Entry[] others = [.. Entries("a more", "D45 V44"), .. Entries("a/b", "V44 D20 V3")];
        Entry[] now = [.. before, .. others];
        var deleted = 0;

        await AnsweredStore.WithAsync(
            request =>
            {
                if (request.StartsWith("GET", StringComparison.Ordinal))
                    return Page(request, now, order, size);
                deleted++;
                return "";
            },
            async store =>
            {
                var hidden = await store.ListHiddenVersionsAsync().SingleAsync(static v => v.VersionId == Nameless);
                now = [.. after, .. others];

                var outcome = (await store.DeleteVersionsAsync([hidden])).Single();

                Assert.That((outcome.Failure?.Error, deleted), Is.EqualTo(isReplaced ? ((TrainctlError?)TrainctlError.Drift, 0) : (null, 1)));
            });
    }

    [Test]
    public async Task A_delete_marker_goes_after_what_is_behind_it([Values] PageOrder order)
    {
        Entry[] entries = [.. Entries("a", "D20 V1"), .. Entries("b", "D20 V1")];
        var deleted = new ConcurrentQueue<char>();

        await AnsweredStore.WithAsync(
            request =>
            {
                if (request.StartsWith("GET", StringComparison.Ordinal))
                    return Page(request, entries, order, 1000);
                deleted.Enqueue(AnsweredStore.QueryOf(request)["versionId"][0]);
                return "";
            },
            async store => await store.DeleteVersionsAsync(await store.ListHiddenVersionsAsync().ToListAsync()));

        Assert.That(deleted, Is.EqualTo("VVDD"));
    }

    private static Entry[] Entries(string key, string history) =>
        [.. history.Split(' ').Select((e, i) => new Entry(key, e, e[0] == 'D', i == 0, Day(int.Parse(e.AsSpan(1), CultureInfo.InvariantCulture))))];

    private static DateTimeOffset Day(int number) => new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(number);

    private static string Page(string request, Entry[] entries, PageOrder order, int size)
    {
        var query = AnsweredStore.QueryOf(request);
        Entry[] found = [.. entries.Where(e => e.Key.StartsWith(query.GetValueOrDefault("prefix", ""), StringComparison.Ordinal))];
        var begin = query.TryGetValue("key-marker", out var key) ? Array.FindIndex(found, e => e.Key == key && e.Id == query["version-id-marker"]) + 1 : 0;
        var end = Math.Min(found.Length, begin + size);
        return Text(found[begin..end], order, end < found.Length ? found[end - 1] : null);
    }

    private static string Text(Entry[] page, PageOrder order, Entry? next)
    {
        var text = new StringBuilder("<ListVersionsResult><EncodingType>url</EncodingType>");
        foreach (var entry in page.OrderBy(e => order != PageOrder.NewestFirst && e.IsMarker != (order == PageOrder.MarkersFirst)))
        {
            var kind = entry.IsMarker ? "DeleteMarker" : "Version";
            text.Append(
                CultureInfo.InvariantCulture,
                $"<{kind}><Key>{Uri.EscapeDataString(entry.Key)}</Key><VersionId>{entry.Id}</VersionId><IsLatest>{(entry.IsLatest ? "true" : "false")}</IsLatest><LastModified>{entry.Time:yyyy-MM-ddTHH:mm:ss.fffZ}</LastModified></{kind}>");
        }

        if (next is not null)
            text.Append(CultureInfo.InvariantCulture, $"<NextKeyMarker>{Uri.EscapeDataString(next.Key)}</NextKeyMarker><NextVersionIdMarker>{next.Id}</NextVersionIdMarker>");
        return text.Append(CultureInfo.InvariantCulture, $"<IsTruncated>{(next is null ? "false" : "true")}</IsTruncated></ListVersionsResult>").ToString();
    }

    private sealed record Entry(string Key, string Id, bool IsMarker, bool IsLatest, DateTimeOffset Time);
}
