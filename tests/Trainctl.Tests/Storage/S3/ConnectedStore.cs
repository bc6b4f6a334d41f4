using System.Net;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;
using Trainctl.Testing.Faults;

namespace Trainctl.Tests.Storage.S3;

/// <summary>A bucket over real connections, to servers that do what no real one does. What waits between attempts waits no time.</summary>
internal static class ConnectedStore
{
    public static IObjectStore Open(Uri endpoint, IWebProxy? proxy = null, S3Credentials? credentials = null, ITrainctlLog? log = null)
    {
        credentials ??= new S3Credentials(StoreSettings.Default, static name => name is "AWS_ACCESS_KEY_ID" or "AWS_SECRET_ACCESS_KEY" ? "key" : null);
        var sdk = new Lazy<AmazonS3Client>(static () => throw new InvalidOperationException("The SDK is not needed."));
        var host = new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, Log = log ?? SilentLog.Instance, Time = new LeapingTime() };
        return new S3ObjectStore(new S3Bucket(ObjectUrl.Parse("s3://bucket"), ScriptedClient.Connection(endpoint), Reach, host) { Credentials = credentials });

        S3Site Reach(S3Connection reached)
        {
            var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, Proxy = proxy, UseProxy = proxy is not null };
            return new S3Site(sdk, new S3Transport(new HttpMessageInvoker(new S3HttpHandler(sockets, TimeProvider.System, proxy)), () => BucketAddress.Of(reached, "bucket", sdk), reached, credentials));
        }
    }
}
