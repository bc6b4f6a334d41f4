using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What keeps other programs from reaching a bucket as Trainctl does.</summary>
public sealed class ForeignAccessTests
{
    /// <summary>What the law wants sent to an address for FIPS must not go to another one.</summary>
    [TestCase(true, false, true)]
    [TestCase(false, true, true)]
    [TestCase(true, true, true)]
    [TestCase(false, false, false)]
    public async Task A_bucket_at_other_addresses_of_AWS_is_peculiar(bool isFips, bool isDualStack, bool isPeculiar)
    {
        using var client = new AmazonS3Client(
            new BasicAWSCredentials("id", "secret"), new AmazonS3Config { RegionEndpoint = RegionEndpoint.USEast1, UseFIPSEndpoint = isFips, UseDualstackEndpoint = isDualStack });
        await using var store = Open("s3-fips.dualstack", client, ScriptedClient.Connection(null) with { PathStyle = isFips });
        await using var plain = Open("bucket", client, ScriptedClient.Connection(null));

        Assert.That(((IForeignAccess)store).Peculiarity, isPeculiar ? Does.StartWith("AWS is asked at addresses for FIPS") : Is.Null);
        Assert.That(((IForeignAccess)plain).Peculiarity is not null, Is.EqualTo(isPeculiar));
    }

    [Test]
    public async Task An_address_that_was_given_is_the_same_for_all()
    {
        using var client = new ScriptedClient();
        await using var store = client.Open(endpoint: new Uri("http://s3.dualstack.example"));

        Assert.That(((IForeignAccess)store).Peculiarity, Is.Null);
    }

    private static S3ObjectStore Open(string bucket, AmazonS3Client client, S3Connection connection)
    {
        using var http = new HttpMessageInvoker(new ScriptedServer());
        return new S3ObjectStore(new Trainctl.Storage.S3.S3Bucket(
            ObjectUrl.Parse("s3://" + bucket),
            connection,
            reached => new S3Site(new Lazy<AmazonS3Client>(() => client), new S3Transport(http, () => BucketAddress.Of(client, bucket), reached, null)),
            new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null }));
    }
}
