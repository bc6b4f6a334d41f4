using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <content>What another program needs to reach the bucket.</content>
internal sealed partial class S3ObjectStore : IForeignAccess
{
    public Uri? Endpoint => bucket.Connection.Endpoint;

    public string Region => bucket.Connection.Region;

    public bool PathStyle => bucket.Connection.PathStyle;

    public string FullKey(string key) => bucket.FullKey(key);

    public async Task<ForeignCredentials> CredentialsAsync(CancellationToken cancellationToken)
    {
        if (bucket.Credentials is not { } credentials)
            throw new TrainctlException(TrainctlError.CredentialsNotFound, $"'{Root}' was opened without credentials that can be passed on.", Root.ToString());
        var found = await credentials.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return new ForeignCredentials(found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null);
    }
}
