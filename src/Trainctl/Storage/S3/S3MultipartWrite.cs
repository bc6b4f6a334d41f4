using System.Collections.Concurrent;
using System.Globalization;
using Amazon.S3.Model;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>An object on its way in as a multipart upload.</summary>
internal sealed partial class S3MultipartWrite(S3Bucket bucket, string key, long size, PutOptions options, string uploadId) : IStreamedWrite
{
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer is waited for after the caller does not want it any more: only with it can the upload be removed.</summary>
    private static readonly TimeSpan BeginPatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a store is given to end with a part whose connection is gone. Where the abort overtakes it, MinIO keeps it in an upload that it lists
    /// and that no abort removes (fs-v1-multipart.go of 2019: PutObjectPart makes the folder anew).
    /// </summary>
    private static readonly TimeSpan LateArrival = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<int, WrittenPart> _parts = new();
    private StoredObject? _stored;
    private int _isClosed;
    private int _unanswered;

    /// <summary>Begins an upload at the store. After cancellation there is none.</summary>
    public static async Task<S3MultipartWrite> BeginAsync(
        S3Bucket bucket, string key, long size, string contentType, PutOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var patience = new CancellationTokenSource();
        await using var impatience = cancellationToken.Register(() => patience.CancelAfter(BeginPatience)).ConfigureAwait(false);
        try
        {
            var uploadId = await S3MultipartRequests.CreateAsync(bucket, key, contentType, options, patience.Token).ConfigureAwait(false);
            var write = new S3MultipartWrite(bucket, key, size, options, uploadId);
            if (cancellationToken.IsCancellationRequested)
                await write.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return write;
        }
        catch (Exception exception) when (exception is TrainctlException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    public Task WritePartAsync(int number, long offset, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        WritePartAsync(number, offset, new MemoryBody(content), cancellationToken);

    public async Task<Checksum> WritePartAsync(int number, IObjectReader source, StoredObject found, ByteRange range, CancellationToken cancellationToken)
    {
        var body = new ReaderBody(source, found, range);
        await WritePartAsync(number, range.Offset, body, cancellationToken).ConfigureAwait(false);
        return await body.Crc64Async(cancellationToken).ConfigureAwait(false);
    }

    public async Task<StoredObject> CompleteAsync(Checksum checksum, CancellationToken cancellationToken = default)
    {
        if (_stored is not null)
            return _stored;
        ObjectDisposedException.ThrowIf(_isClosed != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Checksum is { } announced && announced != checksum)
            throw PartRules.Changed(bucket.Root, key);
        if (PartRules.ProblemOf(_parts.ToDictionary(static p => p.Key, static p => (p.Value.Offset, p.Value.Length)), size) is { } problem)
            throw new TrainctlException(TrainctlError.ChecksumMismatch, $"'{bucket.Root.Append(key)}' was not made visible: {problem}.", key);
        var (computed, failure) = await TryCompleteAsync(checksum, cancellationToken).ConfigureAwait(false);
        var found = await new S3Head(bucket).FindAsync(key, cancellationToken).ConfigureAwait(false);
        if (failure is not null)
        {
            // It may have succeeded with the answer lost, after which the store knows the upload no more. Only proof counts.
            if (found is null || !IsProven(found, checksum))
                throw failure;
            bucket.Log.Debug($"Completing '{bucket.Root.Append(key)}' was answered with an error ({failure.Message}), and the object is there and right.");
        }
        else if (found?.Size == size && IsAnother(found, checksum))
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch,
                $"Completing '{bucket.Root.Append(key)}' failed: another object is there, although the store says that it put the parts together. "
                + "Something else writes to it, or the upload was aborted by something else and the store does not say so. Run again; do not use the object meanwhile.",
                key);
        }

        if (found is null || found.Size != size)
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch,
                $"'{bucket.Root.Append(key)}' has {found?.Size.ToString(CultureInfo.InvariantCulture) ?? "no"} bytes after it was written, and {size} were sent. "
                + "Something else writes to it, or the store lost a part. Run again.",
                key);
        }

        var kept = computed is null || computed == checksum ? found.Checksum : computed;
        if (bucket.Connection.Provider.TakesCrc64 && kept is { } other && other != checksum)
        {
            throw new TrainctlException(
                TrainctlError.ChecksumMismatch,
                $"'{bucket.Root.Append(key)}' holds {other} after it was written, and {checksum} was sent. Something else writes to it, or the store put its parts together wrongly. "
                + "Run again; do not use the object meanwhile.",
                key);
        }

        // After a failure the upload may still exist beside the object, so disposing looks after it.
        if (failure is null)
            Interlocked.Exchange(ref _isClosed, 1);
        return _stored = found;
    }

    /// <summary>
    /// Aborts on a time of its own, so also after cancellation. Parts that were on their way may arrive after the abort
    /// (docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html), so it is repeated until the store knows the upload no more.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0)
            return;
        using var patience = new CancellationTokenSource(AbortPatience);
        try
        {
            if (Volatile.Read(ref _unanswered) > 0)
                await Task.Delay(LateArrival, patience.Token).ConfigureAwait(false);
            for (var delay = TimeSpan.FromMilliseconds(100); !await IsGoneAsync(patience.Token).ConfigureAwait(false); delay *= 2)
                await Task.Delay(delay, patience.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TrainctlException or OperationCanceledException)
        {
            bucket.Log.Warning(
                $"The unfinished upload of '{bucket.Root.Append(key)}' could not be removed ({exception.Message}). Its parts stay and cost storage until it is: upload {uploadId}.");
        }
    }

    private async Task WritePartAsync(int number, long offset, S3Body body, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isClosed != 0, this);
        var proof = await PayloadProof.OfAsync(body, bucket.Connection, cancellationToken).ConfigureAwait(false);
        var request = proof.AddTo(new S3Request(HttpMethod.Put, bucket.FullKey(key)) { Body = body, IsBodyUnsigned = proof.IsPayloadUnsigned })
            .WithQuery("partNumber", number.ToString(CultureInfo.InvariantCulture)).WithQuery("uploadId", uploadId);
        // Stays counted when it fails, for most failures leave open whether it is on its way still.
        Interlocked.Increment(ref _unanswered);
        using var answer = await bucket.SendAsync("Writing", key, request, cancellationToken).ConfigureAwait(false);
        Interlocked.Decrement(ref _unanswered);
        proof.ThrowIfUnproven(answer, bucket, key);
        var etag = answer.Header("etag") ?? throw bucket.Rejected("Writing", key, "the store gave no ETag for a part");
        _parts[number] = new WrittenPart(offset, body.Length, etag, proof.Crc64Base64);
    }

    private async Task<bool> IsGoneAsync(CancellationToken cancellationToken)
    {
        try
        {
            var abort = new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = bucket.FullKey(key), UploadId = uploadId };
            await bucket.CallAsync("Aborting the upload of", key, (client, token) => client.AbortMultipartUploadAsync(abort, token), cancellationToken)
                .ConfigureAwait(false);
            return await HasNoPartsAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (S3Errors.IsNotFound(exception))
        {
            return true;
        }
    }

    /// <summary>Who may not look has the word of the store that the upload was aborted.</summary>
    private async Task<bool> HasNoPartsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var list = new ListPartsRequest { BucketName = bucket.Name, Key = bucket.FullKey(key), UploadId = uploadId, MaxParts = 1 };
            var left = await bucket.CallAsync("Aborting the upload of", key, (client, token) => client.ListPartsAsync(list, token), cancellationToken)
                .ConfigureAwait(false);
            return left.Parts is null or { Count: 0 };
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.AccessDenied)
        {
            return true;
        }
    }

    private async Task<(Checksum? Computed, TrainctlException? Failure)> TryCompleteAsync(Checksum checksum, CancellationToken cancellationToken)
    {
        try
        {
            StoredPart[] parts = [.. _parts.OrderBy(static p => p.Key).Select(static p => new StoredPart(p.Key, p.Value.ETag, p.Value.Crc64))];
            return (await S3MultipartRequests.CompleteAsync(bucket, key, uploadId, parts, checksum, cancellationToken).ConfigureAwait(false), null);
        }
        catch (TrainctlException exception)
        {
            return (null, exception);
        }
    }

    /// <summary>Whether an object is the one that was being completed: by the checksum kept with it, or by the ETag that its parts make.</summary>
    private bool IsProven(StoredObject found, Checksum checksum) =>
        found.Size == size && (found.Checksum == checksum || (found.ETag is { } etag && etag == MultipartETag.Of(_parts.OrderBy(static p => p.Key).Select(static p => p.Value.ETag))));

    /// <summary>
    /// Whether the object is certainly another one, although its size is right: it has another checksum, or was written whole. Versity's gateway says that it completed an upload that was aborted,
    /// where an object of that name is.
    /// </summary>
    private bool IsAnother(StoredObject found, Checksum checksum) => (found.Checksum is { } kept ? kept != checksum : found.ContentMd5 is not null) && !IsProven(found, checksum);

    private sealed record WrittenPart(long Offset, long Length, string ETag, string? Crc64);
}
