using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>Writes objects in one request.</summary>
internal sealed class S3Put(S3Bucket bucket)
{
    /// <param name="key">The object.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="body">Its content.</param>
    /// <param name="options">How it is stored; a checksum that is missing is computed.</param>
    /// <param name="onRead">Told of the checksum before any of the content is sent. What it throws ends the write.</param>
    /// <param name="cancellationToken">Ends the write.</param>
    public async Task<StoredObject> PutAsync(
        string key, string contentType, S3Body body, PutOptions options, Action<Checksum> onRead, CancellationToken cancellationToken)
    {
        await bucket.ThrowIfRefusedAsync(key, cancellationToken).ConfigureAwait(false);
        var connection = bucket.Connection;
        var proof = await PayloadProof.OfAsync(body, connection, cancellationToken).ConfigureAwait(false);
        options = options with { Checksum = await body.Crc64Async(cancellationToken).ConfigureAwait(false) };
        onRead(options.Checksum.Value);
        var request = proof.AddTo(new S3Request(HttpMethod.Put, bucket.FullKey(key)) { Body = body, IsBodyUnsigned = proof.IsPayloadUnsigned });
        ObjectHeaders.Add(request, contentType, options, connection);
        using var answer = await bucket.SendAsync("Writing", key, request, cancellationToken).ConfigureAwait(false);
        proof.ThrowIfUnproven(answer, bucket, key);
        // Whoever answers everything with 200 is no store: a captive portal, a proxy.
        var etag = ObjectMetadata.Unquote(answer.Header("etag")) ?? throw bucket.Rejected("Writing", key, "the store gave no ETag");
        return new StoredObject
        {
            Key = key,
            Size = body.Length,
            ModifiedAt = AtResolution(DateTimeOffset.UtcNow),
            ContentModifiedAt = options.ContentModifiedAt?.ToUniversalTime(),
            ETag = etag,
            VersionId = answer.Header("x-amz-version-id"),
            Checksum = options.Checksum,
            ContentMd5 = connection.Provider.Md5Of(etag, answer.Header("x-amz-server-side-encryption")),
            StorageClass = options.StorageClass,
        };
    }

    private static DateTimeOffset AtResolution(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
