using System.Collections.Concurrent;
using System.Net;
using System.Security;
using System.Text;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;
using Trainctl.Testing.Faults;

namespace Trainctl.Tests.Storage.S3;

/// <summary>Answers no server at hand gives: pages in a wrong order, errors in a DeleteObjects answer. Everything else goes to the real server's tests.</summary>
internal sealed class ScriptedClient : HttpMessageHandler
{
    private readonly Lazy<AmazonS3Client> _sdk = new(() => new AmazonS3Client(
        new BasicAWSCredentials("id", "secret"), new AmazonS3Config { ServiceURL = "http://127.0.0.1:1", ForcePathStyle = true }));

    /// <summary>Answers to requests for a page of a listing.</summary>
    public Queue<string> Pages { get; } = new();

    /// <summary>Answers in place of the pages.</summary>
    public Func<string>? OnList { get; set; }

    /// <summary>Answers to requests for a page of a listing, by what they ask for, in place of all others.</summary>
    public Func<Uri, Task<string>>? OnPage { get; init; }

    /// <summary>Measures what the network takes.</summary>
    public TimeProvider NetworkTime { get; init; } = TimeProvider.System;

    /// <summary>What is not deleted of the keys of a DeleteObjects request.</summary>
    public Func<IReadOnlyList<string>, IReadOnlyList<DeleteError>>? OnDelete { get; init; }

    public List<string> DeletedAlone { get; } = [];

    /// <summary>What each object that was deleted alone must have been.</summary>
    public List<(string Key, string? ETag)> Conditions { get; } = [];

    /// <summary>What the store says of an object that is to be deleted alone; nothing when null.</summary>
    public AmazonS3Exception? Refusal { get; set; }

    /// <summary>Every request that came, in the order of coming.</summary>
    public ConcurrentQueue<SentRequest> Sent { get; } = new();

    /// <summary>Answers to everything that is neither a listing nor a deletion.</summary>
    public ScriptedServer Server { get; init; } = new();

    public IObjectStore Open(
        string url = "s3://bucket", Uri? endpoint = null, S3Credentials? credentials = null, ITrainctlLog? log = null, Func<S3Connection, S3Connection>? change = null)
    {
        var root = ObjectUrl.Parse(url);
        credentials ??= new S3Credentials(StoreSettings.Default, static name => name is "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY" ? "key" : null);
        return new S3ObjectStore(new S3Bucket(root, change?.Invoke(Connection(endpoint)) ?? Connection(endpoint), Reach, new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, Log = log ?? SilentLog.Instance, Time = new LeapingTime(), NetworkTime = NetworkTime })
        {
            Credentials = credentials,
        });

        S3Site Reach(S3Connection reached) =>
            new(_sdk, new S3Transport(new HttpMessageInvoker(this, disposeHandler: false), () => BucketAddress.Of(_sdk.Value, root.Bucket), reached, credentials, NetworkTime));
    }

    public static S3Connection Connection(Uri? endpoint) => new()
    {
        Provider = ProviderProfile.Of(endpoint),
        Endpoint = endpoint,
        Region = "eu-west-1",
        PathStyle = endpoint is not null,
    };

    public static string Page(string? token, params string[] keys) => Page(token is not null, token, keys);

    public static string Page(bool isTruncated, string? token, params string[] keys)
    {
        var xml = new StringBuilder($"<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>{(isTruncated ? "true" : "false")}</IsTruncated>");
        if (token is not null)
            xml.Append($"<NextContinuationToken>{token}</NextContinuationToken>");
        foreach (var key in keys)
            xml.Append($"<Contents><Key>{key}</Key><LastModified>1970-01-01T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>1</Size></Contents>");
        return xml.Append("</ListBucketResult>").ToString();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent.Enqueue(await SentRequest.OfAsync(request, cancellationToken));
        var query = request.RequestUri!.Query;
        try
        {
            if (query.Contains("list-type=2", StringComparison.Ordinal))
                return Answer(HttpStatusCode.OK, OnPage is not null ? await OnPage(request.RequestUri) : OnList?.Invoke() ?? Pages.Dequeue());
            if (request.Method == HttpMethod.Post && query.StartsWith("?delete", StringComparison.Ordinal))
                return Answer(HttpStatusCode.OK, await DeleteManyAsync(request, cancellationToken));
            if (request.Method == HttpMethod.Delete)
                return DeleteOne(request);
        }
        catch (AmazonS3Exception exception)
        {
            return Answer(exception.StatusCode, $"<Error><Code>{exception.ErrorCode}</Code><Message>{SecurityElement.Escape(exception.Message)}</Message></Error>");
        }

        using var rest = new HttpMessageInvoker(Server, disposeHandler: false);
        return await rest.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _sdk.IsValueCreated)
            _sdk.Value.Dispose();
        base.Dispose(disposing);
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body) };

    private async Task<string> DeleteManyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = XDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
        var errors = OnDelete!([.. body.Descendants().Where(static e => e.Name.LocalName == "Key").Select(static e => e.Value)]);
        return new XElement(
            "DeleteResult",
            errors.Select(static e => new XElement("Error", new XElement("Key", e.Key), new XElement("Code", e.Code), new XElement("Message", e.Message)))).ToString();
    }

    private HttpResponseMessage DeleteOne(HttpRequestMessage request)
    {
        var key = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath["/bucket/".Length..]);
        lock (DeletedAlone)
        {
            DeletedAlone.Add(key);
            Conditions.Add((key, request.Headers.NonValidated.TryGetValues("If-Match", out var values) ? values.ToString() : null));
        }

        return Refusal is { } refusal ? throw refusal : Answer(HttpStatusCode.NoContent, "");
    }
}
