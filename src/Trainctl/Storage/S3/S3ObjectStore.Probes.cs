namespace Trainctl.Storage.S3;

/// <content>What only an examination of the service asks.</content>
internal sealed partial class S3ObjectStore : IProbedStore
{
    public StoreProvider Provider => bucket.Connection.Provider.Id;

    public IReadOnlyList<(string Name, string Value)> Describe() => S3Description.Of(bucket.Connection);

    public Task<StoreAnswer> ReachAsync(TimeProvider time, CancellationToken cancellationToken) => new S3Reach(bucket).ReachAsync(time, cancellationToken);

    public async Task<string> FindCredentialsAsync(CancellationToken cancellationToken) => bucket.Credentials is { } credentials
        ? await credentials.FindSourceAsync().WaitAsync(cancellationToken).ConfigureAwait(false)
        : "none: requests are not signed";

    public Task<Probe> RefusesDamageAsync(string key, UnfinishedUpload? upload, CancellationToken cancellationToken) =>
        new S3Probes(bucket).RefusesDamageAsync(key, upload, cancellationToken);

    public Task<Probe> HasConditionalPutAsync(string key, CancellationToken cancellationToken) => new S3Probes(bucket).HasConditionalPutAsync(key, cancellationToken);

    public Task<Probe> HasConditionalDeleteAsync(string key, CancellationToken cancellationToken) =>
        new S3Probes(bucket).HasConditionalDeleteAsync(key, cancellationToken);

    public Task<Probe> DeletesManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) => new S3Probes(bucket).DeletesManyAsync(keys, cancellationToken);
}
