using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
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

    /// <param name="needed">What the test asks of the server besides what all do.</param>
    public static async Task<TestBucket> CreateAsync(ServerAbility needed = ServerAbility.None)
    {
        var endpoint = await S3TestServer.RequireAsync(needed);
        var client = endpoint.NewClient();
        var bucket = new TestBucket(client, endpoint, "trainctl-" + Guid.NewGuid().ToString("n"));
        await client.PutBucketAsync(bucket.Name);
        return bucket;
    }

    /// <summary>The same server, asked directly.</summary>
    public IAmazonS3 Client => _client;

    public EngineHost Host(TemporaryFolder folder, string? secret = null) => Host(folder.Path, new() { ["AWS_SECRET_ACCESS_KEY"] = secret });

    /// <summary>A host whose environment reaches the server, but for some variables.</summary>
    public EngineHost Host(string workingDirectory, Dictionary<string, string?> changes) => new()
    {
        Time = HurriedTime.Instance,
        WorkingDirectory = workingDirectory,
        Environment = name => changes.GetValueOrDefault(name) ?? name switch
        {
            "AWS_ENDPOINT_URL_S3" => Endpoint.Url.ToString(),
            "AWS_REGION" => Endpoint.Region,
            "AWS_ACCESS_KEY_ID" => Endpoint.AccessKey,
            "AWS_SECRET_ACCESS_KEY" => Endpoint.SecretKey,
            "AWS_EC2_METADATA_DISABLED" => "true",
            _ => null,
        },
    };

    /// <summary>A store at a prefix of the bucket.</summary>
    public IObjectStore Open(string prefix = "", Dictionary<string, string?>? changes = null, StoreSettings? settings = null) =>
        OpenOther(Name, prefix, changes, settings);

    /// <summary>The same, with what only buckets have.</summary>
    public IBucketStore OpenBucket(string prefix = "") => (IBucketStore)Open(prefix);

    /// <summary>A store in any bucket of the server.</summary>
    public IObjectStore OpenOther(string bucket, string prefix = "", Dictionary<string, string?>? changes = null, StoreSettings? settings = null) =>
        StoreOpener.Open(ObjectUrl.Parse($"s3://{bucket}/{prefix}"), settings ?? StoreSettings.Default, Host(Path.GetTempPath(), changes ?? []));

    public ObjectUrl Url(string prefix = "") => ObjectUrl.Parse($"s3://{Name}/{prefix}");

    /// <summary>Unfinished uploads of the whole bucket; on a server that does not list them, those of the objects that a test has to do with.</summary>
    public async Task<int> UnfinishedUploadsAsync(params IEnumerable<string> keys)
    {
        if ((await S3TestServer.AbilitiesAsync(Endpoint)).HasFlag(ServerAbility.UploadListing))
            return await CountUploadsAsync("");
        var uploads = 0;
        foreach (var key in keys)
            uploads += await CountUploadsAsync(key);
        return uploads;
    }

    private async Task<int> CountUploadsAsync(string prefix) =>
        (await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Name, Prefix = prefix })).MultipartUploads?.Count ?? 0;

    public async ValueTask DisposeAsync()
    {
        // Keys of tests hold what XML cannot, so listings are asked for in the encoded form that the store under test decodes.
        await using (var all = OpenBucket())
        {
            await all.DeleteAsync(await all.ListAsync(new ListRequest()).Select(static found => new DeleteRequest(found.Key)).ToListAsync());
            if (await all.IsVersionedAsync())
                await all.DeleteVersionsAsync(await all.ListHiddenVersionsAsync().ToListAsync());
        }

        await _client.DeleteBucketAsync(Name);
        _client.Dispose();
    }
}
