using System.Net;
using System.Text;
using System.Xml.Linq;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Transfer;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What is sent to AWS before the parts of an upload, with them and after them; other stores are real ones in other tests.</summary>
public sealed class MultipartRequestTests
{
    private const int PartSize = 5 * 1024 * 1024;

    private static readonly byte[] First = new byte[PartSize];
    private static readonly byte[] Last = "the end"u8.ToArray();

    [Test]
    public async Task AWS_gets_a_CRC64_with_each_part_and_one_of_the_whole()
    {
        using var client = new ScriptedClient();
        Begin(client).Answer(HttpStatusCode.OK, "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>").Answer(HttpStatusCode.OK, new string('x', PartSize + Last.Length));
        var whole = Crc64.Of([.. First, .. Last]);

        await using (var write = await WritePartsAsync(client, new PutOptions { Checksum = whole, StorageClass = "STANDARD_IA" }))
            await write.CompleteAsync(whole);

        var requests = client.Server.Requests;
        Assert.Multiple(() =>
        {
            Assert.That(requests.Select(static r => r.Method), Is.EqualTo(["POST", "PUT", "PUT", "POST", "HEAD"]));
            Assert.That(requests[0].Url, Does.EndWith("?uploads="));
            Assert.That(requests[0].Headers["x-amz-checksum-algorithm"], Is.EqualTo("CRC64NVME"));
            Assert.That(requests[0].Headers["x-amz-checksum-type"], Is.EqualTo("FULL_OBJECT"));
            Assert.That(requests[0].Headers["x-amz-storage-class"], Is.EqualTo("STANDARD_IA"));
            Assert.That(requests[0].Headers["x-amz-meta-trainctl-checksum"], Is.EqualTo(whole.ToString()));
            Assert.That(requests[1].Headers["x-amz-checksum-crc64nvme"], Is.EqualTo(PayloadProof.FormatCrc64(Crc64.Of(First))));
            Assert.That(requests[2].Headers["x-amz-checksum-crc64nvme"], Is.EqualTo(PayloadProof.FormatCrc64(Crc64.Of(Last))));
            Assert.That(requests[1].Headers["x-amz-sdk-checksum-algorithm"], Is.EqualTo("CRC64NVME"));
            Assert.That(requests[3].Url, Does.EndWith("?uploadId=u%261"));
            Assert.That(requests[3].Headers["x-amz-checksum-crc64nvme"], Is.EqualTo(PayloadProof.FormatCrc64(whole)));
            Assert.That(requests[3].Headers["x-amz-checksum-type"], Is.EqualTo("FULL_OBJECT"));
            Assert.That(PartsOf(requests[3]), Is.EqualTo(new[]
            {
                $"1 \"one\" {PayloadProof.FormatCrc64(Crc64.Of(First))}",
                $"2 \"two<\" {PayloadProof.FormatCrc64(Crc64.Of(Last))}",
            }));
        });
    }

    /// <summary>Parts are proven one by one; that they were put together as they should be, only a checksum of the whole tells.</summary>
    [TestCase("right FULL_OBJECT", "right FULL_OBJECT", null)]
    [TestCase("other FULL_OBJECT", "", TrainctlError.ChecksumMismatch)]
    [TestCase("", "other FULL_OBJECT", TrainctlError.ChecksumMismatch)]
    [TestCase("right FULL_OBJECT", "other FULL_OBJECT", TrainctlError.ChecksumMismatch)]
    [TestCase("other COMPOSITE", "other COMPOSITE", null, Description = "of the checksums of the parts: no proof, and no contradiction")]
    [TestCase("", "", null, Description = "the parts were checked")]
    public async Task An_object_of_parts_is_compared_with_what_the_store_tells_of_the_whole(string answered, string found, TrainctlError? expected)
    {
        using var client = new ScriptedClient();
        var whole = Crc64.Of([.. First, .. Last]);
        var (answer, type) = Told(answered);
        var (kept, typeOfKept) = Told(found);
        (string, string)[] headers = kept is null ? [] : [("x-amz-checksum-crc64nvme", kept), ("x-amz-checksum-type", typeOfKept!)];
        Begin(client)
            .Answer(HttpStatusCode.OK, $"<CompleteMultipartUploadResult><ETag>e</ETag>{(answer is null ? "" : $"<ChecksumCRC64NVME>{answer}</ChecksumCRC64NVME><ChecksumType>{type}</ChecksumType>")}</CompleteMultipartUploadResult>")
            .Answer(HttpStatusCode.OK, new string('x', PartSize + Last.Length), [("x-amz-meta-trainctl-checksum", whole.ToString()), .. headers])
            .Answer(HttpStatusCode.NotFound, "<Error><Code>NoSuchUpload</Code></Error>");
        TrainctlException? failure = null;

        await using (var write = await WritePartsAsync(client, new PutOptions { Checksum = whole }))
        {
            try
            {
                await write.CompleteAsync(whole);
            }
            catch (TrainctlException exception)
            {
                failure = exception;
            }
        }

        Assert.That((failure?.Error, failure?.Subject), Is.EqualTo((expected, expected is null ? null : "a")), failure?.Message);
        Assert.That(client.Server.Requests.Take(5).Select(static r => r.Method), Is.EqualTo(["POST", "PUT", "PUT", "POST", "HEAD"]), "no other request");

        (string?, string?) Told(string text) => text.Length == 0 ? (null, null) : (text.StartsWith("right", StringComparison.Ordinal) ? PayloadProof.FormatCrc64(whole) : "AAAAAAAAAAA=", text[6..]);
    }

    /// <summary>R2 and all that are asked without credentials prove parts by their MD5, which their ETags are; with a key of a key service they are none.</summary>
    [TestCase("7ad99cb25dba1f6c1d06b5fd0e0ff56b", null, TrainctlError.ChecksumMismatch)]
    [TestCase("7ad99cb25dba1f6c1d06b5fd0e0ff56b", "aws:kms", null)]
    [TestCase("9a0364b9e99bb480dd25e1f0284c8555", null, null)]
    [TestCase("ABwcsNIEIx/3TXD+37wkhu1YIh8AgUg", null, null, Description = "R2 until 2023")]
    public async Task A_part_of_another_MD5_is_refused(string etag, string? encryption, TrainctlError? expected)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
            .Answer(HttpStatusCode.OK, [("ETag", $"\"{etag}\""), .. encryption is null ? [] : new[] { ("x-amz-server-side-encryption", encryption) }])
            .Answer(HttpStatusCode.NotFound, "<Error><Code>NoSuchUpload</Code></Error>");
        await using var store = client.Open(endpoint: new Uri("https://account.r2.cloudflarestorage.com"));
        await using var write = await store.BeginMultipartAsync("a", 7, new PutOptions());
        TrainctlException? failure = null;

        try
        {
            await write.WritePartAsync(1, 0, "content"u8.ToArray());
        }
        catch (TrainctlException exception)
        {
            failure = exception;
        }

        Assert.That(client.Server.Requests[1].Headers["content-md5"], Is.EqualTo("mgNkuembtIDdJeHwKEyFVQ=="));
        Assert.That((failure?.Error, failure?.Subject), Is.EqualTo((expected, expected is null ? null : "a")), failure?.Message);
    }

    [Test]
    public async Task A_completion_that_fails_after_its_answer_began_is_sent_again()
    {
        using var client = new ScriptedClient();
        Begin(client).Answer(HttpStatusCode.OK, "  <Error><Code>InternalError</Code><Message>m</Message></Error>")
            .Answer(HttpStatusCode.OK, " \n <CompleteMultipartUploadResult/>").Answer(HttpStatusCode.OK, new string('x', PartSize + Last.Length));

        await using (var write = await WritePartsAsync(client, new PutOptions()))
            await write.CompleteAsync(Crc64.Of([.. First, .. Last]));

        Assert.That(client.Server.Requests.Select(static r => r.Method), Is.EqualTo(["POST", "PUT", "PUT", "POST", "POST", "HEAD"]));
    }

    /// <summary>As versitygw answers when an upload was aborted by something else and an object of that name is there.</summary>
    [TestCase("trainctl-checksum", "crc64nvme:0000000000000001", "00000000000000000000000000000000-2", true)]
    [TestCase("trainctl-checksum", "crc64nvme:0000000000000001", null, true)]
    [TestCase("other", "x", "d41d8cd98f00b204e9800998ecf8427e", true, Description = "written whole")]
    [TestCase("trainctl-checksum", null, "d41d8cd98f00b204e9800998ecf8427e", false, Description = "an ETag that is no MD5 of parts says nothing against the checksum")]
    [TestCase("other", "x", "00000000000000000000000000000000-2", false, Description = "nothing tells")]
    public async Task A_completion_that_left_another_object_there_is_no_success(string name, string? value, string? etag, bool fails)
    {
        using var client = new ScriptedClient();
        var whole = Crc64.Of([.. First, .. Last]);
        (string, string)[] headers = [("x-amz-meta-" + name, value ?? whole.ToString()), .. etag is null ? [] : new[] { ("etag", $"\"{etag}\"") }];
        Begin(client).Answer(HttpStatusCode.OK, "<CompleteMultipartUploadResult/>").Answer(HttpStatusCode.OK, new string('x', PartSize + Last.Length), headers)
            .Answer(HttpStatusCode.NotFound, "<Error><Code>NoSuchUpload</Code></Error>");
        var write = await WritePartsAsync(client, new PutOptions { Checksum = whole }, new Uri("http://store.example"));

        if (fails)
            Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => write.CompleteAsync(whole)))!.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
        else
            Assert.That((await write.CompleteAsync(whole)).Size, Is.EqualTo(PartSize + Last.Length));
    }

    /// <summary>Other code of a store takes parts, and need not check what the one for objects does.</summary>
    [TestCase(true, true, true, null)]
    [TestCase(true, true, false, null)]
    [TestCase(false, true, true, " as an object, the store took")]
    [TestCase(true, false, true, " as a part of an object, the store took")]
    [TestCase(false, false, true, " as an object and as a part of one, the store took")]
    public async Task Damage_is_sent_as_an_object_and_as_a_part(bool checksObjects, bool checksParts, bool hasUpload, string? expected)
    {
        using var client = new ScriptedClient();
        foreach (var isChecked in (bool[])[checksObjects, checksParts])
        {
            // What was damaged is sent again some times.
            for (var i = 0; i < (isChecked ? 5 : 1); i++)
                client.Server.Answer(isChecked ? HttpStatusCode.BadRequest : HttpStatusCode.OK, isChecked ? "<Error><Code>BadDigest</Code></Error>" : "", ("ETag", "\"e\""));
        }

        await using var store = (S3ObjectStore)client.Open();
        string? failure = null, finding = null;

        try
        {
            finding = (await store.RefusesDamageAsync("object", hasUpload ? new UnfinishedUpload("parts", "u 1", default, 0) : null, default)).Finding;
        }
        catch (TrainctlException exception)
        {
            Assert.That(exception.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
            failure = exception.Message;
        }

        Assert.That(failure, expected is null ? Is.Null : Does.Contain(expected));
        Assert.That(finding, expected is not null ? Is.Null : Is.EqualTo(hasUpload ? "a damaged object and a damaged part are refused" : "a damaged object is refused, and no part was tried"));
        Assert.That(client.Sent.Select(static r => new Uri(r.Url).PathAndQuery).Distinct(), Is.EqualTo(hasUpload ? (string[])["/bucket/object", "/bucket/parts?partNumber=1&uploadId=u%201"] : ["/bucket/object"]));
        Assert.That(client.Sent, Has.All.Matches<SentRequest>(static r => r!.Headers["x-amz-checksum-crc64nvme"] != PayloadProof.FormatCrc64(Crc64.Of(r.Body))));
    }

    [Test]
    public async Task An_upload_without_a_name_is_no_upload()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult><Bucket>bucket</Bucket></InitiateMultipartUploadResult>");

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => client.Open().BeginMultipartAsync("a", 1, new PutOptions()));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.StoreRejected));
    }

    private static ScriptedServer Begin(ScriptedClient client) => client.Server
        .Answer(HttpStatusCode.OK, "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><UploadId>u&amp;1</UploadId></InitiateMultipartUploadResult>")
        .Answer(HttpStatusCode.OK, ("ETag", "\"one\"")).Answer(HttpStatusCode.OK, ("ETag", "\"two<\""));

    private static async Task<IMultipartWrite> WritePartsAsync(ScriptedClient client, PutOptions options, Uri? endpoint = null)
    {
        var write = await client.Open(endpoint: endpoint).BeginMultipartAsync("a", PartSize + Last.Length, options);
        await write.WritePartAsync(1, 0, First);
        await write.WritePartAsync(2, PartSize, Last);
        return write;
    }

    private static IEnumerable<string> PartsOf(SentRequest request)
    {
        var xml = XDocument.Parse(Encoding.UTF8.GetString(request.Body)).Root!;
        var space = xml.Name.Namespace;
        Assert.That(xml.Name, Is.EqualTo(XName.Get("CompleteMultipartUpload", "http://s3.amazonaws.com/doc/2006-03-01/")));
        return [.. xml.Elements(space + "Part").Select(p => $"{p.Element(space + "PartNumber")!.Value} {p.Element(space + "ETag")!.Value} {p.Element(space + "ChecksumCRC64NVME")!.Value}")];
    }
}
