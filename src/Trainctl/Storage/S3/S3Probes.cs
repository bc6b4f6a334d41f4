using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>Tries what services differ in. Every probe is of objects that nobody needs.</summary>
internal sealed class S3Probes(S3Bucket bucket)
{
    private static readonly byte[] Content = "what a probe of trainctl doctor holds"u8.ToArray();

    private ProviderProfile Provider => bucket.Connection.Provider;

    public async Task<Probe> RefusesDamageAsync(string key, UnfinishedUpload? upload, CancellationToken cancellationToken)
    {
        var proof = bucket.Connection.Proof.Name();
        var takesObject = await IsTakenAsync(PutAsync(key, new DamagedBody(), null, cancellationToken)).ConfigureAwait(false);
        var takesPart = upload is not null && await IsTakenAsync(PutPartAsync(upload, new DamagedBody(), cancellationToken)).ConfigureAwait(false);
        if (!takesObject && !takesPart)
        {
            return new Probe(
                true, upload is null ? "a damaged object is refused, and no part was tried" : "a damaged object and a damaged part are refused", $"each object and part is sent with {proof}");
        }

        var taken = !takesPart ? "an object" : takesObject ? "an object and as a part of one" : "a part of an object";
        throw new TrainctlException(
            TrainctlError.ChecksumMismatch,
            $"What was sent damaged to '{bucket.Root}' as {taken}, the store took: it does not check {proof} there. "
            + "Read what you write with 'trainctl checkpoint verify', or use another store or provider.",
            key);
    }

    public async Task<Probe> HasConditionalPutAsync(string key, CancellationToken cancellationToken)
    {
        var consequence = "nothing: no write depends on it" + Differs(Provider.ConditionalPut);
        try
        {
            await PutAsync(key, new MemoryBody(Content), "*", cancellationToken).ConfigureAwait(false);
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
        var request = new S3Request(HttpMethod.Delete, bucket.FullKey(key)).With("if-match", "\"00000000000000000000000000000000\"");
        try
        {
            using var answer = await bucket.SendAsync("Deleting", key, request, cancellationToken).ConfigureAwait(false);
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
        try
        {
            if (await S3ManyDeletion.SendAsync(bucket, (_, _) => ValueTask.FromResult<IReadOnlyCollection<string>>(keys), isQuiet: false, cancellationToken).ConfigureAwait(false) is [var error, ..])
                throw S3Errors.OfAnswer(error.Code, error.Message, new S3Call("Deleting", bucket.Root, error.Key, bucket.Connection));
        }
        catch (TrainctlException exception) when (IsUnknown(exception))
        {
            return new Probe(false, "one request for many objects is refused", "objects are deleted one by one");
        }

        return new Probe(
            true,
            $"{keys.Count} objects by one request",
            Provider.DeletesMany ? "1,000 objects are deleted by one request" : $"objects are deleted one by one: not every store of {Provider.Name} knows this");
    }

    /// <summary>Whether the store takes something that is not what its digest says.</summary>
    private static async Task<bool> IsTakenAsync(Task write)
    {
        try
        {
            await write.ConfigureAwait(false);
            return true;
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.ChecksumMismatch)
        {
            return false;
        }
    }

    private async Task PutPartAsync(UnfinishedUpload upload, S3Body body, CancellationToken cancellationToken)
    {
        var proof = await PayloadProof.OfAsync(body, bucket.Connection, cancellationToken).ConfigureAwait(false);
        var request = proof.AddTo(new S3Request(HttpMethod.Put, bucket.FullKey(upload.Key)) { Body = body, IsBodyUnsigned = proof.IsPayloadUnsigned })
            .WithQuery("partNumber", "1").WithQuery("uploadId", upload.UploadId);
        using var answer = await bucket.SendAsync("Writing", upload.Key, request, cancellationToken).ConfigureAwait(false);
    }

    private async Task PutAsync(string key, S3Body body, string? ifNoneMatch, CancellationToken cancellationToken)
    {
        var proof = await PayloadProof.OfAsync(body, bucket.Connection, cancellationToken).ConfigureAwait(false);
        var request = proof.AddTo(new S3Request(HttpMethod.Put, bucket.FullKey(key)) { Body = body, IsBodyUnsigned = proof.IsPayloadUnsigned }).With("if-none-match", ifNoneMatch)
            .With("x-amz-server-side-encryption", bucket.Connection.ServerSideEncryption)
            .With("x-amz-server-side-encryption-aws-kms-key-id", bucket.Connection.KmsKeyId);
        using var answer = await bucket.SendAsync("Writing", key, request, cancellationToken).ConfigureAwait(false);
    }

    private string Differs(Support expected) => expected == Support.Yes ? $"; a store of {Provider.Name} should know it: check the setting Provider" : "";

    private static bool IsUnknown(TrainctlException exception) => exception.Error == TrainctlError.StoreRejected
        || exception.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed };

    /// <summary>Announces one content and sends another, as a network does that damages bytes.</summary>
    private sealed class DamagedBody : S3Body
    {
        private readonly MemoryBody _announced = new(Content);

        public override long Length => Content.Length;

        public override ValueTask<Checksum> Crc64Async(CancellationToken cancellationToken) => _announced.Crc64Async(cancellationToken);

        public override ValueTask<byte[]> HashAsync(HashAlgorithmName algorithm, CancellationToken cancellationToken) => _announced.HashAsync(algorithm, cancellationToken);

        public override Task WriteAsync(Stream target, Action<int> onWritten, CancellationToken cancellationToken) =>
            new MemoryBody(Content.Select(static b => (byte)(b ^ 1)).ToArray()).WriteAsync(target, onWritten, cancellationToken);
    }
}
