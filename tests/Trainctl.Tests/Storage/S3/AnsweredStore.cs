using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage.S3;

/// <summary>A bucket that is asked by the SDK, at a server that answers by what it is asked for.</summary>
internal static class AnsweredStore
{
    /// <param name="answer">Given the first line of a request, the body of a good answer; one that begins with <c>&lt;Error&gt;</c> is one of a refusal.</param>
    /// <param name="use">What is done with a store at such a server.</param>
    /// <param name="log">Takes what the store says.</param>
    public static async Task WithAsync(Func<string, string> answer, Func<S3ObjectStore, Task> use, ITrainctlLog? log = null)
    {
        await using var server = new LoopbackServer(async (client, stop) =>
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
            var first = (await reader.ReadLineAsync(stop))!;
            while (await reader.ReadLineAsync(stop) is { Length: > 0 })
            {
            }

            var text = answer(first);
            var body = Encoding.UTF8.GetBytes(text);
            var status = text.StartsWith("<Error><Code>NoSuch", StringComparison.Ordinal) ? "404 Not Found" : text.StartsWith("<Error>", StringComparison.Ordinal) ? "403 Forbidden" : body.Length > 0 ? "200 OK" : "204 No Content";
            var head = $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
            await client.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], stop);
        });
        using var sdk = new AmazonS3Client(
            new BasicAWSCredentials("id", "secret"), new AmazonS3Config { ServiceURL = $"http://127.0.0.1:{server.Port}", ForcePathStyle = true, MaxErrorRetry = 0 });
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        await using var store = new S3ObjectStore(new S3Bucket(
            ObjectUrl.Parse("s3://bucket"),
            ScriptedClient.Connection(new Uri($"http://127.0.0.1:{server.Port}")),
            reached => new S3Site(new Lazy<AmazonS3Client>(() => sdk), new S3Transport(http, () => BucketAddress.Of(sdk, "bucket"), reached, null)),
            new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, Log = log ?? SilentLog.Instance }));
        await use(store);
    }

    /// <summary>What a request asks for, decoded.</summary>
    /// <param name="request">Its first line.</param>
    public static Dictionary<string, string> QueryOf(string request) =>
        request.Split(' ')[1].Split('?')[1].Split('&').Select(static p => p.Split('=', 2)).ToDictionary(static p => p[0], static p => p.Length > 1 ? Uri.UnescapeDataString(p[1]) : "");
}
