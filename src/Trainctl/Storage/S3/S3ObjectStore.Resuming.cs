namespace Trainctl.Storage.S3;

/// <content>Uploads that outlive their process.</content>
internal sealed partial class S3ObjectStore : IResumableStore
{
    public string WriteConditions => $"{bucket.Connection.ServerSideEncryption} {bucket.Connection.KmsKeyId}";

    public string IdentityOf(string key) =>
        $"{bucket.Connection.Endpoint?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) ?? "aws"} {bucket.Name}/{bucket.FullKey(key)}";

    public async Task<IResumableWrite> BeginResumableAsync(string key, long size, PutOptions options, CancellationToken cancellationToken) =>
        (S3MultipartWrite)await BeginMultipartAsync(key, size, options, cancellationToken).ConfigureAwait(false);

    public async Task<IResumableWrite?> ResumeAsync(string key, long size, PutOptions options, string uploadId, CancellationToken cancellationToken)
    {
        await bucket.ThrowIfRefusedAsync(key, cancellationToken).ConfigureAwait(false);
        return await new S3Uploads(bucket).PartsAsync(key, uploadId, cancellationToken).ConfigureAwait(false) is { } parts
            ? new S3MultipartWrite(bucket, key, size, options, uploadId, parts)
            : null;
    }

    public IAsyncEnumerable<UnfinishedUpload> ListUploadsOfAsync(string key, CancellationToken cancellationToken) => new S3Uploads(bucket).ListOfAsync(key, cancellationToken);

    public async Task<bool> IsUnfinishedAsync(string key, string uploadId, CancellationToken cancellationToken) =>
        await new S3Uploads(bucket).PartsAsync(key, uploadId, cancellationToken).ConfigureAwait(false) is not null;
}
