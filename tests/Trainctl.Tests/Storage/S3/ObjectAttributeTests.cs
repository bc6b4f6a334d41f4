using System.Net;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What others have said of an object is kept by its copy in another bucket.</summary>
public sealed class ObjectAttributeTests
{
    private static readonly (string Name, string Value)[] OfOthers =
    [
        ("Cache-Control", "max-age=7"),
        ("Content-Disposition", "attachment; filename=\"a  b.bin\""),
        ("Content-Encoding", "gzip"),
        ("Content-Language", "de"),
        ("Content-Type", "text/x-own"),
        ("Expires", "Thu, 01 Jan 2032 00:00:00 GMT"),
        ("x-amz-meta-Own", "m\u00c3\u00bcde"),
        ("x-amz-meta-other", "two,  three"),
        ("x-amz-meta-end", "voil\u00c3\u00a0"),
    ];

    private static readonly (string Name, string Value)[] OfOurs = [("ETag", "\"e\""), ("x-amz-meta-mtime", "5"), ("x-amz-meta-trainctl-checksum", "crc64nvme:0000000000000000")];

    [Test]
    public async Task They_are_read_and_written_as_they_are([Values] bool inParts)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "", [.. OfOthers, .. OfOurs])
            .Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>", ("ETag", "\"e\""));
        await using var store = client.Open(endpoint: new Uri("http://store.example"));

        var found = (await store.HeadAsync("a.json"))!;
        var options = new PutOptions { Attributes = found.Attributes, ContentModifiedAt = DateTimeOffset.UnixEpoch.AddSeconds(9) };
        if (inParts)
            await store.BeginMultipartAsync("b.json", 1, options);
        else
            await store.PutAsync("b.json", new byte[1], options);

        var sent = client.Sent.ElementAt(1).Headers;
        foreach (var (name, value) in OfOthers)
            Assert.That(sent.GetValueOrDefault(name.ToLowerInvariant()), Is.EqualTo(value), name);
        Assert.That(sent["x-amz-meta-mtime"], Is.EqualTo("9"));
        Assert.That(sent.GetValueOrDefault("x-amz-meta-trainctl-checksum"), Is.Not.EqualTo("crc64nvme:0000000000000000"));
    }

    [TestCase("aws-chunked", null)]
    [TestCase("aws-chunked,gzip", "gzip")]
    [TestCase("gzip, br", "gzip,br")]
    public async Task How_a_request_was_cut_is_no_encoding_of_content(string told, string? kept)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "", ("ETag", "\"e\""), ("Content-Encoding", told));
        await using var store = client.Open(endpoint: new Uri("http://store.example"));

        var found = (await store.HeadAsync("a"))!;

        Assert.That(found.Attributes?.Headers().FirstOrDefault(static h => h.Key == "content-encoding").Value, Is.EqualTo(kept));
    }

    [Test]
    public async Task What_is_made_up_for_each_answer_is_none_of_them()
    {
        using var client = new ScriptedClient();
        client.Server
            .Answer(HttpStatusCode.OK, "", ("ETag", "\"e\""), ("Date", "Mon, 30 Nov 2026 10:00:00 GMT"), ("Expires", "Mon, 30 Nov 2026 11:00:00 GMT"), ("Cache-Control", "public, max-age=3600"))
            .Answer(HttpStatusCode.OK, "", ("ETag", "\"e\""), ("Date", "Mon, 30 Nov 2026 10:05:00 GMT"), ("Expires", "Mon, 30 Nov 2026 11:05:00 GMT"), ("Cache-Control", "public, max-age=3600"));
        await using var store = client.Open(endpoint: new Uri("http://store.example"));

        var first = (await store.HeadAsync("a"))!.Attributes;
        var second = (await store.HeadAsync("a"))!.Attributes;

        Assert.That(first, Is.EqualTo(second));
        Assert.That(first?.Lines, Does.Contain("cache-control: public, max-age=3600").And.Not.Contain("expires"));
    }

    [TestCase(10, true)]
    [TestCase(3 * 1024 * 1024, true)]
    [TestCase(10, false)]
    public async Task A_copy_keeps_them(int size, bool recursive)
    {
        using var folder = new TemporaryFolder();
        await using var from = new MemoryStore("s3://from", MemoryStore.S3Traits);
        await using var to = new MemoryStore("s3://to", MemoryStore.S3Traits);
        var attributes = new ObjectAttributes([.. OfOthers.Select(static h => KeyValuePair.Create(h.Name, h.Value))]);
        await from.PutAsync("a", new byte[size], new PutOptions { Attributes = attributes });
        var host = TestHost.For(folder);
        var engine = new TrainctlEngine(host with { OpenStore = (url, settings, _) => url.IsFolder ? host.OpenStore(url, settings, host) : url.Bucket == "from" ? from : to });

        var report = recursive
            ? await engine.SyncAsync(new SyncSettings { Source = "s3://from", Destination = "s3://to", Transfer = new() { PartSizeBytes = 1024 * 1024 } })
            : await engine.CopyAsync(new CopySettings { Source = "s3://from/a", Destination = "s3://to/a" });

        Assert.That(report.ExitCode, Is.Zero);
        Assert.That((await to.HeadAsync("a"))!.Attributes, Is.EqualTo(attributes));
    }
}
