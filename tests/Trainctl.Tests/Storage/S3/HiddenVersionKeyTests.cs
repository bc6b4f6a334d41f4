using System.Collections.Concurrent;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Keys that look encoded in a listing of versions. Taken for another key, its versions would be deleted.</summary>
public sealed class HiddenVersionKeyTests
{
    [TestCase("", "e%2Ff", "DELETE /bucket/e%252Ff?versionId=v1 HTTP/1.1", Description = "the listing does not say that it is encoded")]
    [TestCase("<EncodingType>url</EncodingType>", "e/f", "DELETE /bucket/e/f?versionId=v1 HTTP/1.1")]
    public async Task A_version_is_of_the_key_that_the_listing_says(string encoding, string key, string deletion)
    {
        var requests = new ConcurrentQueue<string>();
        await using var server = new LoopbackServer(async (client, stop) =>
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
            var first = (await reader.ReadLineAsync(stop))!;
            requests.Enqueue(first);
            while (await reader.ReadLineAsync(stop) is { Length: > 0 })
            {
            }

            var body = first.StartsWith("GET", StringComparison.Ordinal)
                ? $"<ListVersionsResult>{encoding}<IsTruncated>false</IsTruncated><Version><Key>e%2Ff</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest><LastModified>2024-01-02T00:00:00.000Z</LastModified><Size>1</Size></Version>"
                  + "<Version><Key>e%2Ff</Key><VersionId>v1</VersionId><IsLatest>false</IsLatest><LastModified>2024-01-01T00:00:00.000Z</LastModified><Size>1</Size></Version></ListVersionsResult>"
                : "";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {(body.Length > 0 ? "200 OK" : "204 No Content")}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), stop);
        });
        using var sdk = new AmazonS3Client(
            new BasicAWSCredentials("id", "secret"), new AmazonS3Config { ServiceURL = $"http://127.0.0.1:{server.Port}", ForcePathStyle = true, MaxErrorRetry = 0 });
        using var http = new HttpMessageInvoker(new ScriptedServer());
        await using var store = new S3ObjectStore(new S3Bucket(
            ObjectUrl.Parse("s3://bucket"),
            ScriptedClient.Connection(new Uri($"http://127.0.0.1:{server.Port}")),
            reached => new S3Site(new Lazy<AmazonS3Client>(() => sdk), new S3Transport(http, () => BucketAddress.Of(sdk, "bucket"), reached, null)),
            new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null }));

        var hidden = await store.ListHiddenVersionsAsync().ToListAsync();
        var outcomes = await store.DeleteVersionsAsync(hidden);

        Assert.That(hidden.Select(static v => (v.Key, v.VersionId)), Is.EqualTo([(key, "v1")]));
        Assert.That(outcomes.Select(static o => o.Failure), Is.All.Null);
        Assert.That(requests.Where(static r => r.StartsWith("DELETE", StringComparison.Ordinal)).Select(static r => r.Replace("&x-id=DeleteObject", "", StringComparison.Ordinal).Replace("?x-id=DeleteObject&", "?", StringComparison.Ordinal)), Is.EqualTo([deletion]));
    }

    [TestCase("e%2Ff", "e/f", Description = "Ceph encodes uploads and does not say so")]
    [TestCase("e%2Ff g", "e%2Ff g")]
    public void The_key_of_an_upload_is_guessed(string text, string key) => Assert.That(KeyDecoder.DecodeUpload(text, null), Is.EqualTo(key));
}
