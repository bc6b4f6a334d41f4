using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>Tries what services differ in. Every probe is of objects that nobody needs.</summary>
internal sealed class S3Probes(S3Bucket bucket)
{
    private static readonly byte[] Content = "what a probe of trainctl doctor holds"u8.ToArray();
    private static readonly byte[] Other = "what it does not hold"u8.ToArray();

    private ProviderProfile Provider => bucket.Connection.Provider;

    public async Task<Probe> RefusesDamageAsync(string key, CancellationToken cancellationToken)
    {
        var how = Provider.TakesCrc64 ? "CRC-64/NVME" : "Content-MD5";
        try
        {
            await PutAsync(key, Content, PayloadProof.Of(Other, bucket.Connection), null, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ChecksumMismatch)
        {
            return new Probe(true, $"content is refused that is not what its {how} says", "each object and part is sent with it");
        }

        throw new TrainctlException(
            TrainctlError.ChecksumMismatch,
            $"'{bucket.Root.Append(key)}' was sent with a wrong {how}, and the store took it: it does not check what arrives. "
            + "Read what you write with 'trainctl checkpoint verify', or use another store or provider.",
            key);
    }

    public async Task<Probe> HasConditionalPutAsync(string key, CancellationToken cancellationToken)
    {
        var consequence = "nothing: no write depends on it" + Differs(Provider.ConditionalPut);
        try
        {
            await PutAsync(key, Content, PayloadProof.Of(Content, bucket.Connection), "*", cancellationToken).ConfigureAwait(false);
            return new Probe(false, "If-None-Match: * is passed over", consequence);
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ChangedDuringTransfer)
        {
            return new Probe(true, "If-None-Match: * keeps what is there", "nothing: no write depends on it");
        }
        catch (TrainctlException exception) when (IsUnknown(exception))
        {
            return new Probe(false, "If-None-Match: * is refused", consequence);
        }
    }

    public async Task<Probe> HasConditionalDeleteAsync(string key, CancellationToken cancellationToken)
    {
        const string LookedAt = "objects are looked at right before they are deleted";
        var request = new DeleteObjectRequest { BucketName = bucket.Name, Key = bucket.FullKey(key), IfMatch = "\"00000000000000000000000000000000\"" };
        try
        {
            await bucket.CallAsync("Deleting", key, (client, token) => client.DeleteObjectAsync(request, token), cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ChangedDuringTransfer)
        {
            return new Probe(
                true, "If-Match keeps another version", Provider.ConditionalDelete == Support.Yes ? LookedAt + ", and alone deleted on this condition" : LookedAt);
        }
        catch (TrainctlException exception) when (IsUnknown(exception))
        {
            return new Probe(false, "If-Match is refused", LookedAt + Differs(Provider.ConditionalDelete));
        }

        var isKept = await new S3Head(bucket).FindAsync(key, cancellationToken).ConfigureAwait(false) is not null;
        return new Probe(false, isKept ? "If-Match keeps the object without saying so" : "If-Match is passed over", LookedAt + Differs(Provider.ConditionalDelete));
    }

    public async Task<Probe> DeletesManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectsRequest { BucketName = bucket.Name, Objects = [.. keys.Select(key => new KeyVersion { Key = bucket.FullKey(key) })] };
        try
        {
            if (await bucket.CallAsync("Deleting in", null, (client, token) => S3Deletion.SendAsync(client, request, token), cancellationToken).ConfigureAwait(false) is [var error, ..])
                throw S3Errors.OfAnswer(error.Code, error.Message, new S3Call("Deleting", bucket.Root, error.Key, bucket.Connection));
        }
        catch (TrainctlException exception) when (IsUnknown(exception))
        {
            return new Probe(false, "one request for many objects is refused", "objects are deleted one by one");
        }

        return new Probe(true, $"{keys.Count} objects by one request", Provider.DeletesMany ? "1,000 objects are deleted by one request" : "objects are deleted one by one, as the provider's others do not know it");
    }

    private Task<PutObjectResponse> PutAsync(string key, byte[] content, PayloadProof proof, string? ifNoneMatch, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket.Name,
            Key = bucket.FullKey(key),
            MD5Digest = proof.Md5Base64,
            ChecksumCRC64NVME = proof.Crc64Base64,
            DisablePayloadSigning = proof.IsPayloadUnsigned,
            UseChunkEncoding = false,
            IfNoneMatch = ifNoneMatch,
            ServerSideEncryptionMethod = bucket.Connection.ServerSideEncryption,
            ServerSideEncryptionKeyManagementServiceKeyId = bucket.Connection.KmsKeyId,
            InputStream = new MemoryStream(content),
        };
        return bucket.CallAsync("Writing", key, (client, token) => client.PutObjectAsync(request, token), cancellationToken);
    }

    private string Differs(Support expected) => expected == Support.Yes ? $"; a store of {Provider.Name} should know it: check the setting Provider" : "";

    private static bool IsUnknown(TrainctlException exception) => exception.Error == TrainctlError.StoreRejected
        || exception.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed };
}
