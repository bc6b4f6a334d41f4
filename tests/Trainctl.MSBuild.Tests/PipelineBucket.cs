using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Testing.S3;

namespace Trainctl.MSBuild.Tests;

/// <summary>A bucket of its own on a real server, gone afterwards, and the variables with which a build reaches it.</summary>
internal sealed class PipelineBucket : IAsyncDisposable
{
    private readonly AmazonS3Client _client;

    private PipelineBucket(S3TestEndpoint endpoint)
    {
        Endpoint = endpoint;
        _client = endpoint.NewClient();
    }

    public S3TestEndpoint Endpoint { get; }

    public string Name { get; } = "trainctl-msbuild-" + Guid.NewGuid().ToString("n");

    public static async Task<PipelineBucket> CreateAsync()
    {
        var bucket = new PipelineBucket(await S3TestServer.RequireAsync());
        await bucket._client.PutBucketAsync(bucket.Name);
        return bucket;
    }

    /// <summary>The pipeline of the documentation with its store in the bucket.</summary>
    public PipelineProject Pipeline(string pipeline = PipelineProject.Pipeline) =>
        Reaching(new PipelineProject(pipeline.Replace(">store<", $">s3://{Name}/digits<", StringComparison.Ordinal)));

    /// <summary>Gives a project's builds the server, its keys, and no other credentials of this machine.</summary>
    public PipelineProject Reaching(PipelineProject project)
    {
        project.Environment["AWS_ENDPOINT_URL"] = Endpoint.Url.ToString();
        project.Environment["AWS_REGION"] = Endpoint.Region;
        project.Environment["AWS_ACCESS_KEY_ID"] = Endpoint.AccessKey;
        project.Environment["AWS_SECRET_ACCESS_KEY"] = Endpoint.SecretKey;
        project.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        project.Environment["AWS_SHARED_CREDENTIALS_FILE"] = project.PathOf("no-credentials");
        project.Environment["AWS_CONFIG_FILE"] = project.PathOf("no-config");
        foreach (var other in (string[])["AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"])
            project.Environment[other] = null;
        return project;
    }

    public Task PutAsync(string key, byte[] content) =>
        _client.PutObjectAsync(new PutObjectRequest { BucketName = Name, Key = key, InputStream = new MemoryStream(content) });

    /// <summary>Every object with what tells whether it was written anew; without the log that the training writes each time.</summary>
    public async Task<string[]> ListAsync() => [.. (await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Name })).S3Objects?
        .Where(static o => !o.Key.EndsWith("/train.log", StringComparison.Ordinal))
        .Select(static o => string.Create(CultureInfo.InvariantCulture, $"{o.Key} {o.Size} {o.ETag} {o.LastModified:O}")) ?? []];

    public async ValueTask DisposeAsync()
    {
        foreach (var found in (await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Name })).S3Objects ?? [])
            await _client.DeleteObjectAsync(Name, found.Key);
        await _client.DeleteBucketAsync(Name);
        _client.Dispose();
    }
}
