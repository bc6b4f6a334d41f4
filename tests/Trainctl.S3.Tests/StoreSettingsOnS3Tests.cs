using System.Collections.Concurrent;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing.Faults;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>What a user may ask of the service besides: to be asked without credentials, to pay, to encrypt.</summary>
public sealed class StoreSettingsOnS3Tests
{
    private static readonly Dictionary<string, string?> NoCredentials = new() { ["AWS_ACCESS_KEY_ID"] = "", ["AWS_SECRET_ACCESS_KEY"] = "" };

    private readonly ConcurrentBag<string> _heads = [];
    private TestBucket _bucket = null!;
    private FaultProxy _proxy = null!;

    [SetUp]
    public async Task SetUp()
    {
        _heads.Clear();
        _bucket = await TestBucket.CreateAsync();
        _proxy = new FaultProxy(_bucket.Endpoint.Url)
        {
            Decide = request =>
            {
                _heads.Add(request.Head.ToString());
                return null;
            },
        };
    }

    [TearDown]
    public async Task TearDown()
    {
        await _proxy.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task A_public_bucket_is_read_without_credentials_and_a_private_one_is_not()
    {
        await S3TestServer.RequireAsync(ServerAbility.AccessLists);
        await _bucket.Client.PutBucketAclAsync(new PutBucketAclRequest { BucketName = _bucket.Name, ACL = S3CannedACL.PublicRead });
        await _bucket.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket.Name, Key = "open", ContentBody = "open", CannedACL = S3CannedACL.PublicRead });
        await _bucket.Client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket.Name, Key = "secret", ContentBody = "secret" });
        await using var store = Open(new StoreSettings { Anonymous = true }, NoCredentials);

        var listed = await store.ListAsync(new ListRequest()).Select(static o => o.Key).ToListAsync();
        await using var open = await store.OpenReadAsync("open");
        var error = (await Assert.ThrowsAsync<TrainctlException>(() => store.OpenReadAsync("secret")))!;

        Assert.Multiple(() =>
        {
            Assert.That(listed, Is.EqualTo(new[] { "open", "secret" }));
            Assert.That(new StreamReader(open).ReadToEnd(), Is.EqualTo("open"));
            Assert.That(error.Error, Is.EqualTo(TrainctlError.AccessDenied));
            Assert.That(_heads, Is.All.Not.Contains("Authorization:").IgnoreCase.And.Not.Empty);
        });
    }

    [Test]
    public async Task Every_request_agrees_to_pay_and_the_signature_covers_that()
    {
        await using var store = Open(new StoreSettings { RequesterPays = true });

        await store.PutAsync("a", new byte[] { 1 }, new PutOptions());
        await store.HeadAsync("a");
        await store.ListAsync(new ListRequest()).ToListAsync();
        await (await store.OpenReadAsync("a")).DisposeAsync();
        await store.DeleteAsync([new DeleteRequest("a")]);

        Assert.That(_heads, Has.Count.GreaterThanOrEqualTo(5));
        Assert.That(_heads, Is.All.Contains("x-amz-request-payer: requester").IgnoreCase.And.All.Match("SignedHeaders=[^,]*x-amz-request-payer"));
    }

    /// <summary>Some servers check CRC-64/NVME (Ceph from release 20 on), and others pass it over: those are not believed to be like AWS.</summary>
    [Test]
    public async Task Unsigned_content_is_written_only_where_the_store_checks_it()
    {
        await using var store = Open(new StoreSettings { Provider = StoreProvider.Aws, PathStyle = true, UnsignedPayload = true });
        try
        {
            await store.PutAsync("a", "content"u8.ToArray(), new PutOptions());
        }
        catch (TrainctlException exception)
        {
            Assert.That((exception.Error, exception.Subject), Is.EqualTo((TrainctlError.StoreRejected, "a")), exception.Message);
            Assert.That(exception.Message, Does.Contain("the store does not tell that it checked the CRC-64/NVME"));
            return;
        }
        finally
        {
            Assert.That(_heads, Has.Some.Contains("x-amz-content-sha256: UNSIGNED-PAYLOAD").IgnoreCase.And.Contains("x-amz-checksum-crc64nvme: ").IgnoreCase);
        }

        await using var read = await store.OpenReadAsync("a");
        Assert.That(await new StreamReader(read).ReadToEndAsync(), Is.EqualTo("content"));
        Assert.That((await ((IProbedStore)store).RefusesDamageAsync("damaged", null, default)).Works, Is.True);
    }

    /// <summary>Whether the server can encrypt is its own matter; that it is asked to, and for every way of writing, is ours.</summary>
    [Test]
    public async Task What_is_written_asks_for_encryption()
    {
        await using var store = Open(new StoreSettings { ServerSideEncryption = "aws:kms", KmsKeyId = "my-key" });
        foreach (var write in (Func<Task>[])
        [
            async () => await store.PutAsync("a", new byte[] { 1 }, new PutOptions()),
            async () => await (await store.BeginMultipartAsync("b", 1, new PutOptions())).DisposeAsync(),
        ])
        {
            try
            {
                await write();
            }
            catch (TrainctlException exception)
            {
                Assert.That(exception.Message, Does.Contain(_bucket.Name), "a server without encryption says so, and of which object");
            }
        }

        var writes = _heads.Where(static h => h.StartsWith("PUT", StringComparison.Ordinal) || h.Contains("?uploads", StringComparison.Ordinal)).ToArray();
        Assert.That(writes, Has.Length.GreaterThanOrEqualTo(2));
        Assert.That(writes, Is.All.Contains("x-amz-server-side-encryption: aws:kms").IgnoreCase.And.All.Contains("x-amz-server-side-encryption-aws-kms-key-id: my-key").IgnoreCase);
    }

    private IObjectStore Open(StoreSettings settings, Dictionary<string, string?>? changes = null) => StoreOpener.Open(
        _bucket.Url(), settings with { EndpointUrl = new Uri(_proxy.Address) }, _bucket.Host(Path.GetTempPath(), changes ?? []));
}
