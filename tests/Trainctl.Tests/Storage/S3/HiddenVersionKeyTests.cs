using System.Collections.Concurrent;
using System.Globalization;
using System.Security;
using System.Text;
using Amazon.S3;
using Trainctl.Storage;
using Trainctl.Storage.S3;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Keys that look encoded in a listing of versions. Taken for another key, its versions would be deleted.</summary>
public sealed class HiddenVersionKeyTests
{
    [TestCase("", "e%2Ff", "DELETE /bucket/e%252Ff?versionId=v1 HTTP/1.1", Description = "the listing does not say that it is encoded")]
    [TestCase("<EncodingType>url</EncodingType>", "e/f", "DELETE /bucket/e/f?versionId=v1 HTTP/1.1")]
    public async Task A_version_is_of_the_key_that_the_listing_says(string encoding, string key, string deletion)
    {
        var requests = new ConcurrentQueue<string>();
        var listing =
            $"<ListVersionsResult>{encoding}<IsTruncated>false</IsTruncated><Version><Key>e%2Ff</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest><LastModified>2024-01-02T00:00:00.000Z</LastModified><Size>1</Size></Version>"
            + "<Version><Key>e%2Ff</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest><LastModified>2024-01-01T00:00:00.000Z</LastModified><Size>1</Size></Version></ListVersionsResult>";

        await AnsweredStore.WithAsync(
            request =>
            {
                requests.Enqueue(request);
                return request.StartsWith("GET", StringComparison.Ordinal) ? listing : "";
            },
            async store =>
            {
                var hidden = await store.ListHiddenVersionsAsync().ToListAsync();
                var outcomes = await store.DeleteVersionsAsync(hidden);

                Assert.That(hidden.Select(static v => (v.Key, v.VersionId)), Is.EqualTo([(key, "v1")]));
                Assert.That(outcomes.Select(static o => o.Failure), Is.All.Null);
            });

        Assert.That(requests.Where(static r => r.StartsWith("DELETE", StringComparison.Ordinal)).Select(static r => r.Replace("&x-id=DeleteObject", "", StringComparison.Ordinal).Replace("?x-id=DeleteObject&", "?", StringComparison.Ordinal)), Is.EqualTo([deletion]));
    }

    /// <summary>Some releases of Ceph encode the keys of a page and not the one that the next page begins behind.</summary>
    [Test]
    public async Task Each_version_is_told_once_whether_or_not_the_place_of_the_next_page_is_encoded([Values] bool isEncoded, [Values(1, 2, 3)] int pageSize)
    {
        string[] keys = ["100%", "a b", "a%2Bb", "a&", "a+b", "a/b", "\u00fc"];

        await AnsweredStore.WithAsync(request => VersionPage(request, keys, pageSize, isEncoded), async store =>
        {
            var hidden = await store.ListHiddenVersionsAsync().ToListAsync();

            Assert.That(hidden.Select(static v => $"{v.Key} {v.VersionId}"), Is.EqualTo(keys.SelectMany(static k => (string[])[$"{k} v2", $"{k} v1"])));
        });
    }

    [TestCase("a%252Bb", "a%2Bb", "a%2Bb")]
    [TestCase("a%2Bb", "a%2Bb", "a%2Bb", Description = "not encoded: the last key itself")]
    [TestCase("100%", "1", "100%", Description = "not encoded: nothing would be")]
    [TestCase("b%2Fc", "b/b", "b/c", Description = "the first key of the next page, encoded: as it stands it is before the last one")]
    [TestCase("a%20c", "a#", "a%20c", Description = "not encoded: decoded it is before the last one")]
    [TestCase("b%2Bc", "a", "b%2Bc", Description = "either: the lesser one passes over neither")]
    [TestCase("b%20c", "a", "b c", Description = "either: the lesser one passes over neither")]
    [TestCase("a%2Bb", null, "a%2Bb")]
    public void The_place_of_the_next_page_is_never_behind_the_true_one(string text, string? lastKey, string marker) =>
        Assert.That(KeyDecoder.DecodeMarker(text, EncodingType.Url, lastKey), Is.EqualTo(marker));

    [TestCase("e%2Ff", "e/f", Description = "Ceph encodes uploads and does not say so")]
    [TestCase("e%2Ff g", "e%2Ff g")]
    public void The_key_of_an_upload_is_guessed(string text, string key) => Assert.That(KeyDecoder.DecodeUpload(text, null), Is.EqualTo(key));

    /// <summary>What a server that keeps three versions of each key answers.</summary>
    private static string VersionPage(string request, string[] keys, int size, bool isMarkerEncoded)
    {
        var query = AnsweredStore.QueryOf(request);
        var marker = query.GetValueOrDefault("key-marker", "");
        var id = query.GetValueOrDefault("version-id-marker", "v1");
        var rest = keys.SelectMany(static k => (string[])["v3", "v2", "v1"], static (k, v) => (Key: k, Id: v))
            .Where(e => KeyOrder.Compare(e.Key, marker) > 0 || (e.Key == marker && string.CompareOrdinal(e.Id, id) < 0)).ToArray();
        var text = new StringBuilder("<ListVersionsResult><EncodingType>url</EncodingType>");
        foreach (var (key, version) in rest.Take(size))
        {
            text.Append(CultureInfo.InvariantCulture, $"<Version><Key>{Uri.EscapeDataString(key)}</Key><VersionId>{version}</VersionId><IsLatest>{(version == "v3" ? "true" : "false")}</IsLatest>")
                .Append("<LastModified>2024-01-01T00:00:00.000Z</LastModified><Size>1</Size></Version>");
        }

        if (rest.Length <= size)
            return text.Append("<IsTruncated>false</IsTruncated></ListVersionsResult>").ToString();
        var (last, lastId) = rest[size - 1];
        var next = isMarkerEncoded ? Uri.EscapeDataString(last) : SecurityElement.Escape(last);
        return text.Append(CultureInfo.InvariantCulture, $"<IsTruncated>true</IsTruncated><NextKeyMarker>{next}</NextKeyMarker><NextVersionIdMarker>{lastId}</NextVersionIdMarker></ListVersionsResult>").ToString();
    }
}
