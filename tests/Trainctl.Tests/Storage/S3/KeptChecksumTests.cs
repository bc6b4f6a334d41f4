using System.Net;
using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Checksums that other programs had a store keep, as its answers tell them. No server at hand keeps any, so the answers are prepared.</summary>
public sealed class KeptChecksumTests
{
    private const string Content = "123456789";
    private const string OpaqueETag = "\"no MD5\"";

    [TestCase("x-amz-checksum-crc32c", "4waSgw==", "FULL_OBJECT", "crc32c:e3069283")]
    [TestCase("x-amz-checksum-crc32", "y/Q5Jg==", "FULL_OBJECT", "crc32:cbf43926")]
    [TestCase("x-amz-checksum-sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=", null, "sha256:15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225")]
    [TestCase("x-amz-checksum-sha1", "98O8HYCOBHMq32eZZczDTKeuNEE=", "FULL_OBJECT", "sha1:f7c3bc1d808e04732adf679965ccc34ca7ae3441")]
    [TestCase("x-amz-checksum-crc32", "y/Q5Jg==", "COMPOSITE", null)]
    [TestCase("x-amz-checksum-crc32", "y/Q5Jg==-1", null, null)]
    [TestCase("x-amz-checksum-sha256", "y/Q5Jg==", "FULL_OBJECT", null)]
    [TestCase("x-amz-checksum-sha256", "no base 64", "FULL_OBJECT", null)]
    [TestCase("x-amz-checksum-crc32", "", "FULL_OBJECT", null)]
    public async Task A_checksum_of_the_whole_is_known_and_no_other(string header, string value, string? type, string? expected)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, Content, Headers(header, value, type));
        await using var store = client.Open();

        var found = await store.HeadAsync("a");

        Assert.That(found!.Digest?.ToString(), Is.EqualTo(expected));
        Assert.That(found.Digest is null ? null : DigestHash.Of(found.Digest, Encoding.ASCII.GetBytes(Content)), Is.EqualTo(found.Digest));
    }

    [Test]
    public async Task It_is_believed_rather_than_an_ETag_and_less_than_our_own()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(
            HttpStatusCode.OK, Content, ("ETag", "\"25f9e794323b453885f5181f1b624d0b\""), ("x-amz-checksum-crc32", "y/Q5Jg=="), ("x-amz-checksum-crc32c", "4waSgw=="));
        await using var store = client.Open();

        var found = (await store.HeadAsync("a"))!;

        Assert.That(found.ContentMd5, Is.EqualTo("25f9e794323b453885f5181f1b624d0b"));
        Assert.That(found.Digest!.Kind, Is.EqualTo(DigestKind.Crc32C));
        var item = new TransferItem { Source = store, Object = found, Destination = store, Key = "b" };
        Assert.That(TransferChecks.NeedOf(item, found), Is.EqualTo(found.Digest));
        Assert.That(TransferChecks.NeedOf(item, found with { Checksum = Crc64.Empty }), Is.Null);
        Assert.That(TransferChecks.NeedOf(item with { Expected = Crc64.Empty }, found), Is.Null, "a checksum of our own was recorded");
    }

    [Test]
    public async Task What_is_read_whole_must_have_it([Values] bool isDamaged)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, isDamaged ? "123456780" : Content, Headers("x-amz-checksum-crc32c", "4waSgw==", "FULL_OBJECT"));
        await using var store = client.Open();

        if (isDamaged)
        {
            var failure = await Assert.ThrowsAsync<TrainctlException>(() => store.OpenReadAsync("a"));
            Assert.That(failure!.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
            return;
        }

        await using var stream = await store.OpenReadAsync("a");
        using var reader = new StreamReader(stream);
        Assert.That(await reader.ReadToEndAsync(), Is.EqualTo(Content));
    }

    /// <summary>The store knows what its bytes are, and the metadata says what they were to be: neither is taken for a proof of the other.</summary>
    [TestCase("FULL_OBJECT", "crc64nvme:ae8b14860a799888")]
    [TestCase("COMPOSITE", "crc64nvme:0000000000000000")]
    [TestCase(null, "crc64nvme:0000000000000000")]
    public async Task Metadata_that_the_stores_own_checksum_contradicts_is_no_proof(string? type, string expected)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(
            HttpStatusCode.OK, Content, [("x-amz-meta-trainctl-checksum", "crc64nvme:0000000000000000"), .. Headers("x-amz-checksum-crc64nvme", "rosUhgp5mIg=", type)]);
        await using var store = client.Open();

        var found = (await store.HeadAsync("a"))!;

        Assert.That(found.Checksum?.ToString(), Is.EqualTo(expected));
        Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => store.OpenReadAsync("a")))!.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
        if (type != "FULL_OBJECT")
            return;
        var item = new TransferItem { Source = store, Object = found, Destination = store, Key = "b" };
        Assert.That(Assert.Throws<TrainctlException>(() => TransferChecks.Prove(item, found, found.Checksum!.Value, null))!.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
        Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => ContentReader.ChecksumAsync(store, found with { Checksum = null }, default)))!.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
    }

    private static (string, string)[] Headers(string header, string value, string? type) =>
        [("ETag", OpaqueETag), (header, value), .. type is null ? [] : new[] { ("x-amz-checksum-type", type) }];
}
