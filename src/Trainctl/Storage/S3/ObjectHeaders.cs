using System.Net;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>What headers say about an object: those of a request that writes it, and those of an answer to HEAD or GET.</summary>
internal static class ObjectHeaders
{
    /// <summary>Why an answer about an object cannot be taken.</summary>
    public const string NoLength =
        "the store told no length. Some decompress what is stored with 'Content-Encoding: gzip' on its way: store such objects without that header, or with 'Cache-Control: no-transform'";

    /// <summary>Says how an object is to be stored, in the request that writes it or begins to.</summary>
    public static void Add(S3Request request, string contentType, PutOptions options, S3Connection connection)
    {
        request.With("content-type", contentType)
            .With("x-amz-storage-class", options.StorageClass);
        foreach (var (name, value) in options.Attributes?.Headers() ?? [])
            request.With(name, value);
        AddEncryption(request, options.Encryption, connection);
        foreach (var (name, value) in ObjectMetadata.Of(options))
            request.With(ObjectMetadata.Prefix + name, value);
    }

    /// <summary>Says how an object is to be encrypted: as the settings say, else as given, else as the bucket does by itself.</summary>
    public static void AddEncryption(S3Request request, ObjectEncryption? given, S3Connection connection)
    {
        var encryption = connection.ServerSideEncryption is { } method ? new ObjectEncryption(method, connection.KmsKeyId) : given;
        request.With("x-amz-server-side-encryption", encryption?.Method).With("x-amz-server-side-encryption-aws-kms-key-id", encryption?.KeyId);
    }

    /// <summary>The header that makes a service tell the checksums it keeps; null where it keeps none.</summary>
    public static string? ChecksumMode(S3Connection connection) => connection.Provider.TakesCrc64 ? "ENABLED" : null;

    /// <param name="connection">Where the answer came from.</param>
    /// <param name="key">Relative to the store's root.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="size">Of the whole object: an answer to a range tells it elsewhere.</param>
    public static StoredObject Describe(S3Connection connection, string key, HttpResponseMessage answer, long size)
    {
        var etag = ObjectMetadata.Unquote(answer.Header("etag"));
        var announced = ObjectMetadata.ParseChecksum(answer.Header(ObjectMetadata.Prefix + ObjectMetadata.ChecksumName));
        var kept = PayloadProof.ChecksumOfWhole(answer.Header("x-amz-checksum-crc64nvme"), answer.Header("x-amz-checksum-type"));
        // With a range it may be that of a part.
        var isContradicted = kept is not null && kept != announced && answer.StatusCode != HttpStatusCode.PartialContent;
        var encryption = answer.Header("x-amz-server-side-encryption-customer-algorithm") is { } customer
            ? customer + ", key of the customer"
            : answer.Header("x-amz-server-side-encryption");
        return new StoredObject
        {
            Key = key,
            Size = size,
            ModifiedAt = answer.Content.Headers.LastModified ?? DateTimeOffset.UnixEpoch,
            ContentModifiedAt = ObjectMetadata.ParseTime(answer.Header(ObjectMetadata.Prefix + ObjectMetadata.TimeName)),
            ETag = etag,
            VersionId = answer.Header("x-amz-version-id") is { } version and not "null" ? version : null,
            Checksum = isContradicted ? kept : announced ?? kept,
            AnnouncedChecksum = isContradicted ? announced : null,
            ContentMd5 = connection.Provider.Md5Of(etag, encryption),
            OthersDigest = KeptByOthers(answer) ?? connection.Provider.PartsDigestOf(etag, encryption, size),
            Encryption = encryption is "aws:kms" or "aws:kms:dsse" ? new ObjectEncryption(encryption, answer.Header("x-amz-server-side-encryption-aws-kms-key-id")) : null,
            Attributes = ForeignHeaders.In(answer, connection.Provider.Id),
            StorageClass = StorageClassName.Of(answer.Header("x-amz-storage-class")),
        };
    }

    /// <summary>The weak ones come last: of SHA-1 and SHA-256 there are none of the whole of an object in parts, of CRC-32 and CRC-32C there may be.</summary>
    private static readonly (DigestKind Kind, string Header, int Bytes)[] OtherChecksums =
    [
        (DigestKind.Sha256, "x-amz-checksum-sha256", 32),
        (DigestKind.Crc32C, "x-amz-checksum-crc32c", 4),
        (DigestKind.Crc32, "x-amz-checksum-crc32", 4),
        (DigestKind.Sha1, "x-amz-checksum-sha1", 20),
    ];

    private static KeptDigest? KeptByOthers(HttpResponseMessage answer)
    {
        if (answer.Header("x-amz-checksum-type") is { } type && type != "FULL_OBJECT")
            return null;
        Span<byte> bytes = stackalloc byte[32];
        foreach (var (kind, header, length) in OtherChecksums)
        {
            // One that is made of the checksums of parts ends in their number, so it does not have the length.
            if (answer.Header(header) is { } text && Convert.TryFromBase64String(text, bytes, out var written) && written == length)
                return new KeptDigest(kind, Convert.ToHexStringLower(bytes[..written]));
        }

        return null;
    }
}
