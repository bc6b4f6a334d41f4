using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Testing.Faults;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>Each fault is what its name says, seen by a client that tries everything once, and counted.</summary>
public sealed class FaultProxyTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 50_000).Select(static i => (byte)i)];

    private TestBucket _bucket = null!;
    private FaultProxy _proxy = null!;
    private AmazonS3Client _client = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _proxy = new FaultProxy(_bucket.Endpoint.Url, _bucket.Endpoint.SecretKey);
        _client = new AmazonS3Client(new BasicAWSCredentials(_bucket.Endpoint.AccessKey, _bucket.Endpoint.SecretKey), new AmazonS3Config
        {
            ServiceURL = _proxy.Address,
            AuthenticationRegion = _bucket.Endpoint.Region,
            ForcePathStyle = true,
            MaxErrorRetry = 0,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
    }

    [TearDown]
    public async Task TearDown()
    {
        _client.Dispose();
        await _proxy.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    [TestCase(FaultKind.SlowDown, false, "503 SlowDown")]
    [TestCase(FaultKind.SlowDown, true, "503 SlowDown, done")]
    [TestCase(FaultKind.InternalError, false, "500 InternalError")]
    [TestCase(FaultKind.InternalError, true, "500 InternalError, done")]
    [TestCase(FaultKind.ResetRequest, false, "broken")]
    [TestCase(FaultKind.ResetAnswer, false, "broken, done")]
    [TestCase(FaultKind.CutAnswer, false, "broken, done")]
    [TestCase(FaultKind.FlipRequest, false, "400 XAmzContentSHA256Mismatch")]
    [TestCase(FaultKind.OutOfStep, false, "400 BadRequest")]
    [TestCase(FaultKind.Stall, false, "200, done")]
    public async Task A_write_meets(FaultKind kind, bool isAfterWork, string expected)
    {
        _proxy.Decide = _ => new Fault(kind) { At = 60, IsAfterWork = isAfterWork, Pause = TimeSpan.FromMilliseconds(1) };

        var seen = await SeenAsync(() => _client.PutObjectAsync(
            new PutObjectRequest { BucketName = _bucket.Name, Key = "a", InputStream = new MemoryStream(Content), UseChunkEncoding = false }));

        var keys = (await _bucket.Client.ListObjectsV2Async(new() { BucketName = _bucket.Name })).S3Objects ?? [];
        Assert.That(seen + (keys.Count > 0 ? ", done" : ""), Is.EqualTo(expected));
        var count = _proxy.Traffic.Of(S3RequestKind.Put);
        Assert.That(count.Requests, Is.Positive.And.EqualTo(count.Faults), "a broken connection may be tried once more by the HTTP client");
    }

    [TestCase(FaultKind.FlipAnswer, 50_000, 1)]
    [TestCase(FaultKind.Stall, 50_000, 0)]
    [TestCase(FaultKind.CutAnswer, -1, 0)]
    [TestCase(FaultKind.ResetAnswer, -1, 0)]
    public async Task A_read_meets(FaultKind kind, int arrived, int differing)
    {
        await _bucket.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket.Name, Key = "a", InputStream = new MemoryStream(Content) });
        _proxy.Decide = _ => new Fault(kind) { At = 20_000 };

        byte[] content = [];
        var seen = await SeenAsync(async () =>
        {
            // Without a range the client compares MD5s itself.
            using var answer = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _bucket.Name, Key = "a", ByteRange = new ByteRange("bytes=0-") });
            using var read = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(read);
            content = read.ToArray();
            return answer;
        });

        Assert.That(seen == "broken" ? -1 : content.Length, Is.EqualTo(arrived));
        Assert.That(content.Zip(Content).Count(static b => b.First != b.Second), Is.EqualTo(differing));
        Assert.That(_proxy.Traffic.Of(S3RequestKind.Get).Faults, Is.Positive);
    }

    [Test]
    public async Task Some_of_many_objects_are_deleted_and_the_others_are_told()
    {
        await S3TestServer.RequireAsync(ServerAbility.Checksums);
        string[] keys = [.. Enumerable.Range(0, 20).Select(static i => $"key {i:00}")];
        foreach (var key in keys)
            await _bucket.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket.Name, Key = key, ContentBody = "x" });
        _proxy.Decide = static _ => new Fault(FaultKind.DeleteSome) { At = 5 };

        var error = (await Assert.ThrowsAsync<DeleteObjectsException>(() => _client.DeleteObjectsAsync(
            new DeleteObjectsRequest { BucketName = _bucket.Name, Objects = [.. keys.Select(static k => new KeyVersion { Key = k })] })))!;

        var left = (await _bucket.Client.ListObjectsV2Async(new() { BucketName = _bucket.Name })).S3Objects.Select(static o => o.Key).ToArray();
        Assert.That(left, Has.Length.InRange(1, 19).And.EquivalentTo(error.Response.DeleteErrors.Select(static e => e.Key)));
    }

    [Test]
    public async Task Listings_have_as_small_pages_as_is_asked_for()
    {
        for (var i = 0; i < 5; i++)
            await _bucket.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket.Name, Key = $"a +%{i}", ContentBody = "x" });
        _proxy.PageSize = 2;

        var page = await _client.ListObjectsV2Async(new() { BucketName = _bucket.Name, Prefix = "a +%" });

        Assert.That((page.S3Objects.Count, page.IsTruncated), Is.EqualTo((2, true)));
    }

    [Test]
    public async Task Bytes_of_bodies_are_counted_each_way()
    {
        await _client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket.Name, Key = "a", InputStream = new MemoryStream(Content), UseChunkEncoding = false });
        using var answer = await _client.GetObjectAsync(_bucket.Name, "a");
        await answer.ResponseStream.CopyToAsync(Stream.Null);

        Assert.That(_proxy.Traffic.Of(S3RequestKind.Put), Is.EqualTo(new TrafficCount(1, 0, Content.Length, 0)));
        Assert.That(() => _proxy.Traffic.Of(S3RequestKind.Get), Is.EqualTo(new TrafficCount(1, 0, 0, Content.Length)).After(5_000, 10), "counted when the answer has gone through");
    }

    [Test]
    public void A_schedule_is_the_same_for_the_same_seed_in_whatever_order_requests_come()
    {
        S3Request[] requests = [.. Enumerable.Range(0, 400).Select(static i => new S3Request(new HttpHead($"PUT /bucket-{i}/key-{i % 40}?uploadId=u{i}&partNumber=1 HTTP/1.1", [])))];
        var (one, other, third) = (new FaultSchedule(7), new FaultSchedule(7), new FaultSchedule(8));

        var forth = requests.Select(one.Decide).ToArray();
        var shuffled = requests.OrderBy(static r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, Fault: other.Decide(r))).ToLookup(static d => d.Key, static d => d.Fault);

        Assert.That(requests.Zip(forth).GroupBy(static d => d.First.Key).All(g => g.Select(static d => d.Second).SequenceEqual(shuffled[g.Key])), Is.True);
        Assert.That(forth.Count(static f => f is not null), Is.InRange(80, 140), "about three of ten");
        Assert.That(requests.Select(third.Decide), Is.Not.EqualTo(forth));
    }

    private static async Task<string> SeenAsync<T>(Func<Task<T>> request)
        where T : AmazonWebServiceResponse
    {
        try
        {
            return $"{(int)(await request()).HttpStatusCode}";
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode != 0)
        {
            return $"{(int)exception.StatusCode} {exception.ErrorCode}";
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or AmazonServiceException or WebException)
        {
            return "broken";
        }
    }
}
