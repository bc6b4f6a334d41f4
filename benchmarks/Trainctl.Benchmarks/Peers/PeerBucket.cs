using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Benchmarks.Peers;

/// <summary>The bucket of a comparison: made anew on each new server, filled and emptied by the engine while nobody is measured.</summary>
internal sealed class PeerBucket(BenchServer server, string warmUpFolder)
{
    private readonly HashSet<string> _filled = new(StringComparer.Ordinal);
    private int _generation;

    public string Name { get; } = $"trainctl-bench-{Environment.ProcessId}";

    /// <summary>Makes the bucket if the server is a new one, and has it work a little before anybody is measured.</summary>
    public async Task OpenAsync()
    {
        if (_generation == server.Generation)
            return;
        _filled.Clear();
        using var client = Client();
        await client.PutBucketAsync(Name);
        await UploadAsync(warmUpFolder, "warm-up/");
        await EmptyAsync("warm-up/");
        _generation = server.Generation;
    }

    /// <summary>Uploads a folder, unless that was done on this server already. Whoever fills otherwise says how.</summary>
    public async Task FillOnceAsync(string prefix, Func<Task> fill)
    {
        if (_filled.Contains(prefix))
            return;
        await fill();
        _filled.Add(prefix);
    }

    public async Task UploadAsync(string folder, string prefix)
    {
        var report = await new TrainctlEngine(server.Host).CopyAsync(new CopySettings { Source = folder, Destination = $"s3://{Name}/{prefix}", Recursive = true });
        if (report.ExitCode != 0)
            throw new PeerException($"'{prefix}' could not be filled: {report.Objects.FirstOrDefault(static o => o.Error is not null)?.Error}");
    }

    public async Task DownloadAsync(string prefix, string folder)
    {
        var report = await new TrainctlEngine(server.Host).CopyAsync(new CopySettings { Source = $"s3://{Name}/{prefix}", Destination = folder, Recursive = true });
        if (report.ExitCode != 0)
            throw new PeerException($"'{prefix}' could not be read back: {report.Objects.FirstOrDefault(static o => o.Error is not null)?.Error}");
    }

    public async Task<IReadOnlyList<StoredObject>> ListAsync(string prefix)
    {
        await using var store = Open(prefix);
        return await store.ListAsync(new ListRequest()).ToListAsync();
    }

    public async Task EmptyAsync(string prefix)
    {
        await using var store = Open(prefix);
        var outcomes = await store.DeleteAsync(await store.ListAsync(new ListRequest()).Select(static found => new DeleteRequest(found.Key)).ToListAsync());
        if (outcomes.FirstOrDefault(static o => o.Failure is not null) is { } failed)
            throw new PeerException($"'{prefix}' could not be emptied: {failed.Failure!.Message}");
    }

    /// <summary>Leaves nothing on a server that lives on.</summary>
    public async Task RemoveAsync()
    {
        await EmptyAsync("");
        using var client = Client();
        await client.DeleteBucketAsync(Name);
    }

    private IObjectStore Open(string prefix) => server.Host.OpenStore(ObjectUrl.Parse($"s3://{Name}/{prefix}"), StoreSettings.Default, server.Host);

    // To make a bucket is the only thing that the engine cannot.
    private AmazonS3Client Client() => new(
        new BasicAWSCredentials(server.Environment["AWS_ACCESS_KEY_ID"], server.Environment["AWS_SECRET_ACCESS_KEY"]),
        new AmazonS3Config { ServiceURL = server.Url, AuthenticationRegion = server.Environment["AWS_REGION"], ForcePathStyle = true, HttpClientFactory = new TrustingClients(server) });

    private sealed class TrustingClients(BenchServer server) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => server.NewClient();
    }
}
