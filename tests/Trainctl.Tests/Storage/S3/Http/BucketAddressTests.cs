using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Tests.Storage.S3.Http;

/// <summary>Where the rules of the SDK are not asked, the address is the one that they give.</summary>
public sealed class BucketAddressTests
{
    [TestCase("http://localhost:9000", "bucket")]
    [TestCase("http://127.0.0.1:9000/", "my.bucket-1")]
    [TestCase("https://store.example", "Old_Bucket")]
    [TestCase("https://store.example:443", "bucket")]
    [TestCase("http://[::1]:9000", "bucket")]
    [TestCase("https://bücher.example", "bucket")]
    public void A_bucket_in_the_path_of_a_given_address_is_where_the_SDK_has_it(string endpoint, string bucket)
    {
        var connection = new S3Connection { Provider = ProviderProfile.Other, Endpoint = new Uri(endpoint), Region = "us-east-1", PathStyle = true };
        using var client = new AmazonS3Client(
            new BasicAWSCredentials("id", "secret"),
            new AmazonS3Config { ServiceURL = new Uri(endpoint).AbsoluteUri, AuthenticationRegion = "us-east-1", ForcePathStyle = true });

        var ours = BucketAddress.Of(connection, bucket, Unused);
        var theirs = BucketAddress.Of(client, bucket);

        Assert.That((ours.Host, ours.BasePath), Is.EqualTo((theirs.Host, theirs.BasePath)));
        Assert.That(ours.UrlOf(ours.PathOf("a b/ü"), "x=1").OriginalString, Is.EqualTo(theirs.UrlOf(theirs.PathOf("a b/ü"), "x=1").OriginalString));
        Assert.That(ours.UrlOf(ours.PathOf(null), "").Host, Is.EqualTo(new Uri(endpoint).IdnHost is var host && host.Contains(':') ? $"[{host}]" : host));
    }

    [TestCase(false, "http://localhost:9000", "bucket")]
    [TestCase(true, null, "bucket")]
    [TestCase(true, "https://store.example/base/path/", "bucket")]
    [TestCase(true, "http://localhost:9000", "directory--use1-az4--x-s3")]
    public void Everything_else_is_asked_of_the_SDK(bool isPathStyle, string? endpoint, string bucket)
    {
        var connection = new S3Connection { Provider = ProviderProfile.Other, Endpoint = endpoint is null ? null : new Uri(endpoint), Region = "us-east-1", PathStyle = isPathStyle };

        Assert.That(Assert.Throws<InvalidOperationException>(() => BucketAddress.Of(connection, bucket, Unused))!.Message, Is.EqualTo("asked"));
    }

    private static Lazy<AmazonS3Client> Unused => new(static () => throw new InvalidOperationException("asked"));
}
