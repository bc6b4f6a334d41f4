using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>Makes S3 stores out of settings and environment. Contacts nobody: credentials are looked for at the first request.</summary>
internal static class S3StoreOpener
{
    public static IObjectStore Open(ObjectUrl url, StoreSettings settings, EngineHost host)
    {
        ThrowIfEndIsUnclear(url);
        var connection = S3Connection.Resolve(url, settings, host);
        if (connection.IsEncrypted)
            _ = SystemAuthorities.ReadAsync();
        var credentials = settings.Anonymous ? null : new S3Credentials(settings, host.Environment, host.Time);
        return new S3ObjectStore(new S3Bucket(url.WithoutEndSeparator(), connection, Reach, host) { Credentials = credentials });

        S3Site Reach(S3Connection reached)
        {
            var client = new Lazy<AmazonS3Client>(() => Create(reached, (AWSCredentials?)credentials ?? new AnonymousAWSCredentials()));
            return new S3Site(client, new S3Transport(S3HttpClientFactory.For(reached).Invoker, () => BucketAddress.Of(reached, url.Bucket, client), reached, credentials, host.NetworkTime));
        }
    }

    /// <summary>An empty variable in a script makes such addresses: taken for the prefix without the slashes, a sync could delete what was never meant.</summary>
    private static void ThrowIfEndIsUnclear(ObjectUrl url)
    {
        if (url.Path != "/" && !url.Path.EndsWith("//", StringComparison.Ordinal))
            return;
        var below = url.WithoutEndSeparator();
        throw new TrainctlException(
            TrainctlError.InvalidSetting,
            $"'{url}' ends in more than one slash, which would be another prefix than '{below}'. Write one slash or none; what is below keys that begin with a slash is reached from '{below}'.",
            url.ToString());
    }

    private static AmazonS3Client Create(S3Connection connection, AWSCredentials credentials)
    {
        var client = new AmazonS3Client(credentials, Configure(connection));
        if (connection.RequesterPays)
            client.BeforeRequestEvent += static (_, request) => ((WebServiceRequestEventArgs)request).Headers["x-amz-request-payer"] = "requester";
        return client;
    }

    private static AmazonS3Config Configure(S3Connection connection)
    {
        var checksums = connection.Provider.TakesCrc64;
        var config = new AmazonS3Config
        {
            ForcePathStyle = connection.PathStyle,
            HttpClientFactory = S3HttpClientFactory.For(connection),
            IgnoreConfiguredEndpointUrls = true,
            MaxErrorRetry = 0,
            RequestChecksumCalculation = checksums ? RequestChecksumCalculation.WHEN_SUPPORTED : RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (connection.Endpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(connection.Region);
        }
        else
        {
            config.ServiceURL = connection.Endpoint.AbsoluteUri;
            config.AuthenticationRegion = connection.Region;
        }

        return config;
    }
}
