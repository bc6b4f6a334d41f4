using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Answers no server at hand gives: pages in a wrong order, errors in a DeleteObjects answer. Everything else goes to the real server's tests.</summary>
internal sealed class ScriptedClient() : AmazonS3Client(
    new BasicAWSCredentials("id", "secret"), new AmazonS3Config { ServiceURL = "http://127.0.0.1:1", ForcePathStyle = true })
{
    public Queue<ListObjectsV2Response> Pages { get; } = new();

    /// <summary>Answers in place of the pages.</summary>
    public Func<ListObjectsV2Response>? OnList { get; set; }

    public Func<DeleteObjectsRequest, DeleteObjectsResponse>? OnDelete { get; init; }

    public List<string> DeletedAlone { get; } = [];

    /// <summary>What each object that was deleted alone must have been.</summary>
    public List<(string Key, string? ETag)> Conditions { get; } = [];

    /// <summary>What the store says of an object that is to be deleted alone; nothing when null.</summary>
    public AmazonS3Exception? Refusal { get; set; }

    /// <summary>What passes the SDK by.</summary>
    public ScriptedServer Server { get; init; } = new();

    public IObjectStore Open(string url = "s3://bucket", Uri? endpoint = null, S3Credentials? credentials = null, ITrainctlLog? log = null)
    {
        var root = ObjectUrl.Parse(url);
        credentials ??= new S3Credentials(StoreSettings.Default, static name => name is "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY" ? "key" : null);
        return new S3ObjectStore(new Trainctl.Storage.S3.S3Bucket(
            root, Connection(endpoint), reached => new S3Site(this, new S3Transport(new HttpMessageInvoker(Server), this, root.Bucket, reached, credentials)), new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, Log = log ?? SilentLog.Instance, Time = ImmediateTime.Instance })
        {
            Credentials = credentials,
        });
    }

    public static S3Connection Connection(Uri? endpoint) => new()
    {
        Provider = ProviderProfile.Of(endpoint),
        Endpoint = endpoint,
        Region = "eu-west-1",
        PathStyle = endpoint is not null,
    };

    public static ListObjectsV2Response Page(string? token, params string[] keys) => new()
    {
        Encoding = EncodingType.Url,
        IsTruncated = token is not null,
        NextContinuationToken = token,
        S3Objects = [.. keys.Select(static k => new S3Object { Key = k, Size = 1, LastModified = DateTime.UnixEpoch, ETag = "\"e\"" })],
    };

    public override Task<ListObjectsV2Response> ListObjectsV2Async(ListObjectsV2Request request, CancellationToken cancellationToken = default) =>
        Task.FromResult(OnList?.Invoke() ?? Pages.Dequeue());

    public override Task<DeleteObjectsResponse> DeleteObjectsAsync(DeleteObjectsRequest request, CancellationToken cancellationToken = default) =>
        Task.FromResult(OnDelete!(request));

    public override Task<DeleteObjectResponse> DeleteObjectAsync(DeleteObjectRequest request, CancellationToken cancellationToken = default)
    {
        lock (DeletedAlone)
        {
            DeletedAlone.Add(request.Key);
            Conditions.Add((request.Key, request.IfMatch));
        }

        if (Refusal is { } refusal)
            throw refusal;
        return Task.FromResult(new DeleteObjectResponse());
    }
}
