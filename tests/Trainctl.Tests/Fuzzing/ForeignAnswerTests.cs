using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;
using Trainctl.Testing.Faults;
using Trainctl.Testing.Fuzzing;
using Trainctl.Tests.Storage.S3;

namespace Trainctl.Tests.Fuzzing;

/// <summary>Damaged answers of a store, through the real client: an operation ends, and does not take half an answer for a whole one.</summary>
public sealed class ForeignAnswerTests
{
    private const int Cases = 300;

    private static readonly TrainctlError[] Refusals = [TrainctlError.StoreRejected, TrainctlError.StoreUnavailable];

    private AnsweringServer _server = null!;
    private S3ObjectStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _server = new AnsweringServer();
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, Time = new LeapingTime() };
        _store = new S3ObjectStore(new Trainctl.Storage.S3.S3Bucket(
            ObjectUrl.Parse("s3://bucket"),
            ScriptedClient.Connection(_server.Url),
            connection =>
            {
                var client = new Lazy<AmazonS3Client>(() => new AmazonS3Client(
                    new BasicAWSCredentials("id", "secret"),
                    new AmazonS3Config { ServiceURL = _server.Url.ToString(), AuthenticationRegion = "us-east-1", ForcePathStyle = true, MaxErrorRetry = 0 }));
                return new S3Site(client, new S3Transport(S3HttpClientFactory.For(connection).Invoker, () => BucketAddress.Of(connection, "bucket", client), connection, null));
            },
            host));
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _store.DisposeAsync();
        _server.Dispose();
    }

    [Test]
    public void Any_listing_is_read_or_refused() => ForeignBytes.AreSurvived(
        [
            Xml("""<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><KeyCount>2</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>a%20b</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>5</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>c</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>9</Size></Contents></ListBucketResult>"""),
            Xml("""<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>"""),
        ],
        Answered(() => _store.ListAsync(new ListRequest()).ToBlockingEnumerable().Any()),
        Cases,
        Refusals);

    [Test]
    public void Any_list_of_uploads_is_read_or_refused() => ForeignBytes.AreSurvived(
        [Xml("""<ListMultipartUploadsResult><Bucket>bucket</Bucket><EncodingType>url</EncodingType><MaxUploads>1000</MaxUploads><IsTruncated>false</IsTruncated><Upload><Key>a%20b</Key><UploadId>u</UploadId><Initiated>2024-01-01T00:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>""")],
        Answered(() => _store.ListUnfinishedUploadsAsync("").ToBlockingEnumerable().Any()),
        Cases,
        Refusals);

    /// <summary>A version without an identity would be deleted as the object itself.</summary>
    [Test]
    public void Any_list_of_versions_is_read_or_refused() => ForeignBytes.AreSurvived(
        [Xml("""<ListVersionsResult><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType><Version><Key>a</Key><VersionId>2</VersionId><IsLatest>true</IsLatest><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>5</Size></Version><Version><Key>a</Key><VersionId>1</VersionId><IsLatest>false</IsLatest><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>5</Size></Version></ListVersionsResult>""")],
        Answered(() =>
        {
            var hidden = _store.ListHiddenVersionsAsync("").ToBlockingEnumerable().ToArray();
            Assert.That(hidden.Select(static h => h.VersionId), Is.All.Not.Empty);
            return hidden.Length == 1;
        }),
        Cases,
        Refusals);

    [Test]
    public void Any_list_of_parts_is_read_or_refused() => ForeignBytes.AreSurvived(
        [
            Xml("""<ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>bucket</Bucket><Key>a</Key><UploadId>u</UploadId><MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>5</Size></Part><Part><PartNumber>2</PartNumber><ETag>"f"</ETag><Size>7</Size></Part></ListPartsResult>"""),
            Xml("""<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker><Part><PartNumber>1</PartNumber><ETag>"e"</ETag><Size>5</Size></Part></ListPartsResult>"""),
        ],
        Answered(() =>
        {
            var write = _store.ResumeAsync("a", 12, new PutOptions(), "u", CancellationToken.None).GetAwaiter().GetResult();
            return write is { BytesFound: >= 5 } && write.MayHave(1, 5);
        }),
        Cases,
        Refusals);

    [Test]
    public void Any_tags_are_read_or_refused() => ForeignBytes.AreSurvived(
        [
            Xml("""<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag><Key>keep</Key><Value>true</Value></Tag><Tag><Key>b</Key><Value></Value></Tag></TagSet></Tagging>"""),
            Xml("<Tagging><TagSet><Tag><Key>keep</Key><Value>true</Value></Tag></TagSet></Tagging>"),
        ],
        Answered(() => _store.ReadTagsAsync("a").GetAwaiter().GetResult().ContainsKey("keep")),
        Cases,
        Refusals);

    /// <summary>Which of the two holds decides whether something is kept, so neither is believed.</summary>
    [Test]
    public void Tags_of_one_name_are_refused()
    {
        _server.Body = Xml("<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>a</Key><Value>2</Value></Tag></TagSet></Tagging>");

        Assert.That(Assert.Throws<TrainctlException>(() => _store.ReadTagsAsync("a").GetAwaiter().GetResult())!.Error, Is.EqualTo(TrainctlError.StoreRejected));
    }

    /// <summary>Sizes of parts of which no sum can be made.</summary>
    [Test]
    public void Parts_that_are_too_large_together_are_refused()
    {
        _server.Body = Xml("""
            <ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><ETag>"e"</ETag><Size>9000000000000000000</Size></Part><Part><PartNumber>2</PartNumber><ETag>"f"</ETag><Size>9000000000000000000</Size></Part></ListPartsResult>
            """.Trim());

        Assert.That(
            Assert.Throws<TrainctlException>(() => _ = _store.ResumeAsync("a", 12, new PutOptions(), "u", CancellationToken.None).GetAwaiter().GetResult()!.BytesFound)!.Error,
            Is.EqualTo(TrainctlError.StoreRejected));
    }

    [Test]
    public void Any_word_about_versioning_is_read_or_refused() => ForeignBytes.AreSurvived(
        [Xml("""<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>""")],
        Answered(() => _store.IsVersionedAsync().GetAwaiter().GetResult()),
        Cases,
        Refusals);

    [Test]
    public void Any_error_is_read_for_what_it_says() => ForeignBytes.AreSurvived(
        [
            Xml("<Error><Code>SlowDown</Code><Message>Please &lt;wait&gt;</Message><Region>eu-west-1</Region><RequestId>1</RequestId></Error>"),
            Encoding.UTF8.GetBytes("<Error><Resource>/a</Resource><Code>SlowDown</Code></Error>"),
        ],
        static content => ErrorAnswer.Parse(content).Code == "SlowDown");

    /// <summary>To our own requests and to those of the SDK.</summary>
    [Test]
    public void Any_refusal_is_an_error_of_the_store([Values(400, 403, 404, 409, 500, 503)] int status, [Values] bool isOfSdk)
    {
        _server.Status = status;
        ForeignBytes.AreSurvived(
            [Xml("<Error><Code>AccessDenied</Code><Message>no</Message><Region>eu-west-1</Region><RequestId>1</RequestId></Error>")],
            Answered(() =>
            {
                try
                {
                    _ = isOfSdk ? _store.IsVersionedAsync().GetAwaiter().GetResult() : _store.PutAsync("a", "x"u8.ToArray(), new PutOptions()).GetAwaiter().GetResult() is null;
                }
                catch (TrainctlException exception)
                {
                    return exception.ToDisplayString().Contains("'s3://bucket", StringComparison.Ordinal);
                }

                throw new AssertionException("An error passed for a success.");
            }),
            cases: 60);
    }

    [Test]
    public void A_version_or_an_upload_without_an_identity_is_passed_over()
    {
        _server.Body = Xml("""<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a</Key><IsLatest>false</IsLatest></Version></ListVersionsResult>""");
        Assert.That(_store.ListHiddenVersionsAsync("").ToBlockingEnumerable(), Is.Empty);
        _server.Body = Xml("""<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>a</Key></Upload></ListMultipartUploadsResult>""");
        Assert.That(_store.ListUnfinishedUploadsAsync("").ToBlockingEnumerable(), Is.Empty);
    }

    /// <summary>Listings are asked to encode keys. Some services do not, and do not say that they do, so that a plus sign is none of a space; Ceph does, and does not say so of uploads. Of versions nothing is guessed.</summary>
    [TestCase("", "a+b%41", "a+b%41")]
    [TestCase("<EncodingType></EncodingType>", "a+b%41", "a+b%41")]
    [TestCase("<EncodingType>url</EncodingType>", "a+b%41", "a bA")]
    [TestCase("", "a%20b%2B%C3%BC", "a b+ü", "a%20b%2B%C3%BC")]
    [TestCase("", "a b%20", "a b%20")]
    [TestCase("", "ü%20", "ü%20")]
    [TestCase("", "100%", "100%")]
    public void A_key_is_decoded_where_it_is_encoded(string encoding, string written, string key, string? ofVersion = null)
    {
        _server.Body = Xml($"<ListVersionsResult><IsTruncated>false</IsTruncated>{encoding}<Version><Key>{written}</Key><VersionId>1</VersionId><IsLatest>false</IsLatest></Version></ListVersionsResult>");
        var versions = _store.ListHiddenVersionsAsync("").ToBlockingEnumerable().Select(static v => v.Key).ToArray();
        _server.Body = Xml($"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>{encoding}<Upload><Key>{written}</Key><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>");
        var uploads = _store.ListUnfinishedUploadsAsync("").ToBlockingEnumerable().Select(static u => u.Key).ToArray();

        Assert.That((versions, uploads), Is.EqualTo((new[] { ofVersion ?? key }, new[] { key })));
    }

    [Test]
    public void Any_answer_to_a_deletion_is_read_or_refused() => ForeignBytes.AreSurvived(
        [Xml("""<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Error><Key>a</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>""")],
        Answered(() => _store.DeleteAsync([new DeleteRequest("a"), new DeleteRequest("b")]).GetAwaiter().GetResult() is [{ Failure: not null }, { Failure: null }]),
        Cases,
        Refusals);

    [Test]
    public void A_listing_that_never_ends_is_refused()
    {
        _server.Body = Xml("""<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>""");

        var error = Assert.Throws<TrainctlException>(() => _store.ListAsync(new ListRequest()).ToBlockingEnumerable().Count())!;

        Assert.That((error.Error, _server.Requests), Is.EqualTo((TrainctlError.StoreRejected, 2)));
    }

    [Test]
    public void A_list_of_uploads_that_never_ends_is_refused()
    {
        _server.Body = Xml("""<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker></ListMultipartUploadsResult>""");

        var error = Assert.Throws<TrainctlException>(() => _store.ListUnfinishedUploadsAsync("").ToBlockingEnumerable().Count())!;

        Assert.That((error.Error, _server.Requests), Is.EqualTo((TrainctlError.StoreRejected, 2)));
    }

    private Func<byte[], bool> Answered(Func<bool> call) => content =>
    {
        _server.Body = content;
        return call();
    };

    private static byte[] Xml(string content) => Encoding.UTF8.GetBytes("""<?xml version="1.0" encoding="UTF-8"?>""" + content);
}
