using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Time.Testing;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What a store is asked when it copies by itself, and what becomes of the copy.</summary>
public sealed class ServerSideCopyTests
{
    private const string Copied = "<CopyObjectResult><ETag>&quot;c&quot;</ETag><LastModified>2024-06-01T12:00:00.000Z</LastModified></CopyObjectResult>";

    private static readonly StoredObject Found = new() { Key = "a b/ä.pt", Size = 7, ModifiedAt = DateTimeOffset.UnixEpoch, ETag = "e", Checksum = Crc64.Of("content"u8) };

    [Test]
    public async Task A_copy_names_its_source_encoded_and_holds_it_to_what_was_seen()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, Copied).Answer(HttpStatusCode.OK, "content");

        await CopyAsync(client, Found with { StorageClass = "STANDARD_IA" });

        var sent = client.Server.Requests[0];
        Assert.Multiple(() =>
        {
            Assert.That((sent.Method, new Uri(sent.Url).AbsolutePath), Is.EqualTo(("PUT", "/bucket/p/copy")));
            Assert.That(sent.Headers["x-amz-copy-source"], Is.EqualTo("/bucket/p/a%20b/%C3%A4.pt"));
            Assert.That(sent.Headers["x-amz-copy-source-if-match"], Is.EqualTo("\"e\""));
            Assert.That((sent.Headers["x-amz-metadata-directive"], sent.Headers["x-amz-storage-class"]), Is.EqualTo(("COPY", "STANDARD_IA")));
        });
    }

    [Test]
    public async Task A_copy_that_fails_after_its_answer_began_is_made_again()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "  <Error><Code>InternalError</Code></Error>").Answer(HttpStatusCode.OK, " \n " + Copied).Answer(HttpStatusCode.OK, "content");

        await CopyAsync(client, Found);

        Assert.That(client.Server.Requests.Select(static r => r.Method), Is.EqualTo(["PUT", "PUT", "HEAD"]));
    }

    /// <summary>Many stores answer only when all is copied, and each further request would begin another copy.</summary>
    [Test]
    public async Task A_large_copy_is_waited_for()
    {
        const long size = 4_000_000_000;
        var time = new FakeTimeProvider();
        using var client = new ScriptedClient { NetworkTime = time };
        client.Server.Answer(HttpStatusCode.OK, Copied).Answer(HttpStatusCode.OK, ("Content-Length", $"{size}"));
        client.Server.OnRequest = (request, token) => request.Method == "PUT" ? Task.Delay(TimeSpan.FromMinutes(10), time, token) : Task.CompletedTask;

        var copy = CopyAsync(client, Found with { Size = size });
        while (!copy.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(1);
        }

        await copy;
        Assert.That(client.Server.Requests.Select(static r => r.Method), Is.EqualTo(["PUT", "HEAD"]));
    }

    /// <summary>The bucket may encrypt by itself with other keys, which others may use.</summary>
    [TestCase(null, "aws:kms", "arn:aws:kms:eu-west-1:1:key/k")]
    [TestCase("AES256", "AES256", null)]
    public async Task A_copy_is_encrypted_with_the_same_key_unless_the_settings_say_otherwise(string? setting, string? expected, string? key)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "content", ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:eu-west-1:1:key/k"))
            .Answer(HttpStatusCode.OK, Copied).Answer(HttpStatusCode.OK, "content");
        var store = client.Open(change: c => c with { ServerSideEncryption = setting });

        await ((IServerSideCopy)store).CopyAsync((await store.HeadAsync("a"))!, "copy", CancellationToken.None);

        AssertEncryption(client.Server.Requests[1], expected, key);
    }

    /// <summary>Google, R2 and MinIO tell of encryption of their own, which need not be asked for and may not be.</summary>
    [Test]
    public async Task A_copy_asks_for_no_encryption_that_the_store_does_by_itself()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "content", ("x-amz-server-side-encryption", "AES256")).Answer(HttpStatusCode.OK, Copied).Answer(HttpStatusCode.OK, "content");
        var store = client.Open();

        await ((IServerSideCopy)store).CopyAsync((await store.HeadAsync("a"))!, "copy", CancellationToken.None);

        AssertEncryption(client.Server.Requests[1], null, null);
    }

    /// <summary>What is too large for the store to copy goes through this machine.</summary>
    [Test]
    public async Task What_is_written_on_behalf_of_an_object_is_encrypted_with_its_key()
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, "content", ("ETag", "\"e\""));
        var store = client.Open();
        var found = Found with { Encryption = new ObjectEncryption("aws:kms:dsse", "k") };
        var item = new TransferItem { Source = store, Object = found, Destination = store, Key = "copy", Encryption = found.Encryption };

        await store.PutAsync("copy", "content"u8.ToArray(), item.OptionsFor(found));

        AssertEncryption(client.Server.Requests.Single(), "aws:kms:dsse", "k");
    }

    /// <summary>What a lifecycle rule archived is copied once it is restored, and would have to be restored again.</summary>
    [TestCase("GLACIER", null)]
    [TestCase("DEEP_ARCHIVE", null)]
    [TestCase("GLACIER_IR", "GLACIER_IR")]
    public async Task A_copy_of_what_is_archived_can_be_read(string storageClass, string? expected)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, Copied).Answer(HttpStatusCode.OK, "content");

        await CopyAsync(client, Found with { StorageClass = storageClass });

        Assert.That(client.Server.Requests[0].Headers.GetValueOrDefault("x-amz-storage-class"), Is.EqualTo(expected));
    }

    [TestCase("InvalidObjectState")]
    [TestCase("ObjectNotInActiveTierError")]
    public async Task What_is_archived_is_said_to_be(string code)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.Forbidden, $"<Error><Code>{code}</Code></Error>");

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => CopyAsync(client, Found with { StorageClass = "GLACIER" }));

        Assert.That(failure!.Message, Does.Contain("restore it first"));
    }

    [TestCase(true)]
    [TestCase(false, Description = "somebody else has written it since")]
    public async Task A_copy_that_is_not_what_was_copied_does_not_stay(bool isOurs)
    {
        using var client = new ScriptedClient();
        client.Server.Answer(HttpStatusCode.OK, Copied)
            .Answer(HttpStatusCode.OK, "content", ("ETag", isOurs ? "\"c\"" : "\"theirs\""), ("x-amz-meta-trainctl-checksum", Crc64.Of("CONTENT"u8).ToString()));

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => CopyAsync(client, Found));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
        Assert.That(failure.Message, Does.EndWith(isOurs ? "and was deleted. Run again." : "do not use the copy meanwhile."));
        Assert.That(client.DeletedAlone, Is.EqualTo(isOurs ? ["p/copy"] : Array.Empty<string>()));
    }

    /// <summary>The metadata of the two is the same in any case, as the store copies it along.</summary>
    [TestCase("\"25f9e794323b453885f5181f1b624d0b\"", "AAAAAAAAAAA=", null)]
    [TestCase("\"9a0364b9e99bb480dd25e1f0284c8555\"", "AAAAAAAAAAA=", "AAAAAAAAAAE=")]
    public async Task Bytes_that_the_store_says_are_others_are_no_copy(string etag, string crc64, string? crc64OfCopy)
    {
        using var client = new ScriptedClient();
        var metadata = ("x-amz-meta-trainctl-checksum", Crc64.Of("content"u8).ToString());
        var type = ("x-amz-checksum-type", "FULL_OBJECT");
        client.Server
            .Answer(HttpStatusCode.OK, "content", ("ETag", "\"9a0364b9e99bb480dd25e1f0284c8555\""), metadata, type, ("x-amz-checksum-crc64nvme", crc64))
            .Answer(HttpStatusCode.OK, $"<CopyObjectResult><ETag>{etag}</ETag></CopyObjectResult>")
            .Answer(HttpStatusCode.OK, "CONTENT", ("ETag", etag), metadata, type, ("x-amz-checksum-crc64nvme", crc64OfCopy ?? crc64));
        await using var store = client.Open("s3://bucket/p");
        var found = (await store.HeadAsync("a"))!;

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => ((IServerSideCopy)store).CopyAsync(found, "copy", CancellationToken.None));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.ChecksumMismatch));
        Assert.That(client.DeletedAlone, Is.EqualTo(["p/copy"]));
    }

    [Test]
    public async Task A_copy_that_cannot_be_deleted_is_told_of()
    {
        using var client = new ScriptedClient { Refusal = new AmazonS3Exception("", ErrorType.Sender, "AccessDenied", "", HttpStatusCode.Forbidden) };
        client.Server.Answer(HttpStatusCode.OK, Copied).Answer(HttpStatusCode.OK, "short", ("ETag", "\"c\""));

        var failure = await Assert.ThrowsAsync<TrainctlException>(() => CopyAsync(client, Found));

        Assert.That((failure!.Error, failure.Message), Is.EqualTo((TrainctlError.ChecksumMismatch,
            "The copy 's3://bucket/p/copy' is not what 's3://bucket/p/a b/ä.pt' is. Run again; do not use the copy meanwhile.")));
    }

    private static void AssertEncryption(SentRequest sent, string? method, string? key) => Assert.That(
        (sent.Headers.GetValueOrDefault("x-amz-server-side-encryption"), sent.Headers.GetValueOrDefault("x-amz-server-side-encryption-aws-kms-key-id")), Is.EqualTo((method, key)));

    private static Task<StoredObject> CopyAsync(ScriptedClient client, StoredObject found) =>
        ((IServerSideCopy)client.Open("s3://bucket/p")).CopyAsync(found, "copy", CancellationToken.None);
}
