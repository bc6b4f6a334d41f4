using System.Net;
using System.Text;
using System.Xml;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http.Xml;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Answers to ListObjectsV2 as services write them, and as none may.</summary>
public sealed class ListingPageTests
{
    private const string Object = "<Contents><Key>a</Key><Size>5</Size></Contents>";

    /// <summary>Everything that AWS documents, and what stands around an object's own fields.</summary>
    [Test]
    public async Task Every_field_is_read_where_it_belongs()
    {
        var page = await ReadAsync(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Name>b</Name><Prefix>p/</Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><Delimiter/><StartAfter>p/</StartAfter>
              <EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><ContinuationToken>old</ContinuationToken><NextContinuationToken>n/+=&amp;</NextContinuationToken>
              <Contents>
                <Owner><ID>o</ID><DisplayName>d</DisplayName><Key>owner's</Key><Size>77</Size></Owner>
                <Key>p/a%20b</Key><LastModified>2024-05-06T07:08:09.123Z</LastModified><ETag>&quot;e-2&quot;</ETag>
                <ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>5000000000</Size><StorageClass>GLACIER</StorageClass>
                <RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus>
              </Contents>
              <Contents><Key>p/b</Key><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents>
              <CommonPrefixes><Prefix>p/c/</Prefix></CommonPrefixes>
            </ListBucketResult>
            """);

        Assert.That((page.IsEncoded, page.IsTruncated, page.Next), Is.EqualTo((true, true, "n/+=&")));
        Assert.That(page.Objects, Is.EqualTo(new[]
        {
            new ListedObject("p/a%20b", 5_000_000_000, new DateTimeOffset(2024, 5, 6, 7, 8, 9, 123, TimeSpan.Zero), "e-2", "GLACIER"),
            new ListedObject("p/b", 0, DateTimeOffset.UnixEpoch, null, null),
        }));
    }

    [TestCase("<ListBucketResult/>")]
    [TestCase("<s3:ListBucketResult xmlns:s3=\"x\"><s3:IsTruncated>false</s3:IsTruncated></s3:ListBucketResult>")]
    public async Task A_page_may_be_empty(string document)
    {
        var page = await ReadAsync(document);

        Assert.That((page.Objects, page.IsTruncated, page.Next), Is.EqualTo((Array.Empty<ListedObject>(), false, (string?)null)));
    }

    [Test]
    public async Task What_names_a_next_page_has_one() =>
        Assert.That((await ReadAsync("<ListBucketResult><NextContinuationToken>n</NextContinuationToken></ListBucketResult>")).IsTruncated, Is.True);

    [TestCase("<Contents><Size>5</Size></Contents>", TestName = "No key")]
    [TestCase("<Contents><Key></Key><Size>5</Size></Contents>", TestName = "An empty key")]
    [TestCase("<Contents><Key>a</Key></Contents>", TestName = "No size")]
    [TestCase("<Contents><Key>a</Key><Size></Size></Contents>", TestName = "An empty size")]
    [TestCase("<Contents><Key>a</Key><Size>-1</Size></Contents>", TestName = "A negative size")]
    [TestCase("<Contents><Key>a</Key><Size>5 6</Size></Contents>", TestName = "A size with more than digits")]
    [TestCase("<Contents><Key>a</Key><Size>9223372036854775808</Size></Contents>", TestName = "A size that is too large")]
    [TestCase("<Contents><Key>a</Key><Size>5</Size><Key>b</Key><Size>6</Size></Contents>", TestName = "Two objects in one")]
    [TestCase("<Contents><Key><b/>a</Key><Size>5</Size></Contents>", TestName = "A key that holds elements")]
    [TestCase("<Contents><Key>a</Key><Size>5</Size><LastModified>yesterday</LastModified></Contents>", TestName = "No time")]
    [TestCase("<IsTruncated>trve</IsTruncated>" + Object, TestName = "Truncated or not")]
    [TestCase("<IsTruncated></IsTruncated>" + Object, TestName = "Truncated, or what")]
    public async Task What_is_not_as_it_must_be_makes_the_whole_page_wrong(string content) =>
        await Assert.ThrowsAsync<XmlException>(() => ReadAsync($"<ListBucketResult>{content}</ListBucketResult>"));

    [TestCase("2024-05-06T07:08:09.123Z", "2024-05-06T07:08:09.1230000+00:00")]
    [TestCase("2024-05-06T07:08:09Z", "2024-05-06T07:08:09.0000000+00:00")]
    [TestCase("2024-05-06T07:08:09.123456789Z", "2024-05-06T07:08:09.1234567+00:00")]
    [TestCase("2024-02-29T23:59:59.9Z", "2024-02-29T23:59:59.9000000+00:00")]
    [TestCase("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.0000000+00:00")]
    [TestCase("2024-05-06T09:08:09.5+02:00", "2024-05-06T07:08:09.5000000+00:00")]
    [TestCase("Mon, 06 May 2024 07:08:09 GMT", "2024-05-06T07:08:09.0000000+00:00")]
    [TestCase("2023-02-29T00:00:00.000Z", null)]
    [TestCase("2024-13-01T00:00:00.000Z", null)]
    [TestCase("2024-01-01T24:00:01.000Z", null)]
    [TestCase("2024-01-01T00:00:00.Z", null)]
    [TestCase("2024-01-01T00:00:00.12x4Z", null)]
    [TestCase("", null)]
    public void Times_are_read_to_100_nanoseconds(string text, string? time)
    {
        if (time is null)
            Assert.Throws<XmlException>(() => XmlTime.Parse(Encoding.UTF8.GetBytes(text)));
        else
            Assert.That(XmlTime.Parse(Encoding.UTF8.GetBytes(text)).ToString("o"), Is.EqualTo(time));
    }

    /// <summary>A listing of half an answer would let a sync delete what the other half told of.</summary>
    [Test]
    public async Task An_answer_that_is_not_whole_is_asked_for_again()
    {
        var whole = ScriptedClient.Page(null, "a", "b");
        using var client = new ScriptedClient();
        client.Pages.Enqueue(whole[..whole.IndexOf("<Contents><Key>b", StringComparison.Ordinal)]);
        client.Pages.Enqueue(whole);

        Assert.That(await KeysAsync(client), Is.EqualTo(["a", "b"]));
    }

    [Test]
    public async Task An_answer_that_is_never_whole_is_no_listing()
    {
        var whole = ScriptedClient.Page(null, "a", "b");
        using var client = new ScriptedClient { OnList = () => whole[..^1] };

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => KeysAsync(client)))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreRejected));
    }

    [TestCase("<html><body>Console</body></html>")]
    [TestCase("<DeleteResult/>")]
    [TestCase("")]
    public async Task Another_document_is_no_empty_listing(string document)
    {
        using var client = new ScriptedClient { OnList = () => document };

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => KeysAsync(client)))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.StoreRejected));
        Assert.That(failure.Message, Does.Contain("not the answer of an S3 service"));
    }

    [Test]
    public async Task An_error_with_the_status_of_a_success_is_an_error()
    {
        using var client = new ScriptedClient();
        client.Pages.Enqueue("<Error><Code>InternalError</Code><Message>later</Message></Error>");
        client.Pages.Enqueue(ScriptedClient.Page(null, "a"));
        client.Pages.Enqueue("<Error><Code>AccessDenied</Code><Message>no</Message></Error>");

        Assert.That(await KeysAsync(client), Is.EqualTo(["a"]), "a bad moment");
        Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => KeysAsync(client)))!.Error, Is.EqualTo(TrainctlError.AccessDenied));
    }

    private static async Task<ListingPage> ReadAsync(string document)
    {
        using var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(document.TrimStart()) };
        var page = new ListingPage();
        await AnswerXml.ReadAsync(answer, page, TimeSpan.FromMinutes(1), null, CancellationToken.None);
        return page;
    }

    private static async Task<List<string>> KeysAsync(ScriptedClient client)
    {
        var keys = new List<string>();
        await foreach (var item in client.Open().ListAsync(new ListRequest()))
            keys.Add(item.Key);
        return keys;
    }
}
