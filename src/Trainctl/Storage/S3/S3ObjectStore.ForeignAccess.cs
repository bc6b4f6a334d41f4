using Amazon.S3.Util;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <content>What another program needs to reach the bucket.</content>
internal sealed partial class S3ObjectStore : IForeignAccess
{
    /// <summary>AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT and what profiles say instead are seen by the address that the SDK makes of them.</summary>
    private readonly Lazy<bool> _isAtVariant = new(() =>
    {
        var address = bucket.Address;
        var isInHost = address.AbsolutePath == "/" && address.Host.StartsWith(bucket.Name + ".", StringComparison.OrdinalIgnoreCase);
        return address.Host[(isInHost ? bucket.Name.Length : 0)..].Split('.').Any(static l => l is "dualstack" or "s3-fips");
    });

    public Uri? Endpoint => bucket.Connection.Endpoint;

    public string Region => bucket.Connection.Region;

    public bool PathStyle => bucket.Connection.PathStyle;

    public string? Peculiarity => bucket.Connection switch
    {
        { RequesterPays: true } => "it is asked with Requester Pays",
        { ServerSideEncryption: { } method } => $"what is written is encrypted with {method}",
        { CaBundle: not null } => "its certificate is checked with a bundle of its own",
        { IsAnonymous: true } => "it is asked without credentials",
        { Endpoint: null } when _isAtVariant.Value => "AWS is asked at addresses for FIPS or for both versions of IP, and s5cmd would ask at others",
        _ => null,
    };

    public string FullKey(string key) => bucket.FullKey(key);

    /// <summary>As the SDK decides where a request names none; it leaves uploads in parts to the service where the key tells nothing.</summary>
    public string ContentTypeOf(string key, bool inParts) => Path.GetExtension(key) is { Length: > 0 } extension
        ? AmazonS3Util.MimeTypeFromExtension(extension)
        : inParts ? "binary/octet-stream" : "text/plain";

    public async Task<ForeignCredentials> CredentialsAsync(CancellationToken cancellationToken)
    {
        if (bucket.Credentials is not { } credentials)
            throw new TrainctlException(TrainctlError.CredentialsNotFound, $"'{Root}' was opened without credentials that can be passed on.", Root.ToString());
        var found = await credentials.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return new ForeignCredentials(found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null);
    }
}
