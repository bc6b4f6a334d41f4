using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>A fresh bucket on the test server, and an engine that reaches it through nothing but standard AWS variables.</summary>
internal sealed class TestBucket : IAsyncDisposable
{
    private readonly AmazonS3Client _client;

    private TestBucket(AmazonS3Client client, S3TestEndpoint endpoint, string name)
    {
        _client = client;
        Endpoint = endpoint;
        Name = name;
    }

    public S3TestEndpoint Endpoint { get; }

    public string Name { get; }

    public static async Task<TestBucket> CreateAsync()
    {
        var endpoint = await S3TestServer.RequireAsync();
        var client = new AmazonS3Client(
            new BasicAWSCredentials(endpoint.AccessKey, endpoint.SecretKey),
            new AmazonS3Config
            {
                ServiceURL = endpoint.Url.ToString(),
                AuthenticationRegion = endpoint.Region,
                ForcePathStyle = true,
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            });
        var bucket = new TestBucket(client, endpoint, "trainctl-" + Guid.NewGuid().ToString("n"));
        await client.PutBucketAsync(bucket.Name);
        return bucket;
    }

    public EngineHost Host(TemporaryFolder folder, string? secret = null) => new()
    {
        WorkingDirectory = folder.Path,
        Environment = name => name switch
        {
            "AWS_ENDPOINT_URL_S3" => Endpoint.Url.ToString(),
            "AWS_REGION" => Endpoint.Region,
            "AWS_ACCESS_KEY_ID" => Endpoint.AccessKey,
            "AWS_SECRET_ACCESS_KEY" => secret ?? Endpoint.SecretKey,
            _ => null,
        },
    };

    public ObjectUrl Url(string prefix = "") => ObjectUrl.Parse($"s3://{Name}/{prefix}");

    public async Task<int> UnfinishedUploadsAsync() =>
        (await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Name })).MultipartUploads?.Count ?? 0;

    public async ValueTask DisposeAsync()
    {
        await foreach (var found in _client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = Name }).S3Objects)
            await _client.DeleteObjectAsync(Name, found.Key);
        await _client.DeleteBucketAsync(Name);
        _client.Dispose();
    }
}
