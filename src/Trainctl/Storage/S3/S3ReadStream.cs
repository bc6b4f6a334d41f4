using Amazon.S3.Model;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>
/// Exactly the bytes that were asked for. When the connection breaks or falls silent, the rest is asked for again, on condition that the object is
/// still the same; an end before the last byte is a failure.
/// </summary>
internal sealed class S3ReadStream : Stream
{
    private const int Attempts = 4;

    /// <summary>Failures are forgotten after so many bytes: a long read may break now and then, but must get on.</summary>
    private const long Progress = 256 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    private readonly S3Bucket _bucket;
    private readonly string _key;
    private readonly long _start;
    private readonly string? _etag;
    private GetObjectResponse? _answer;
    private Stream? _body;
    private long _position;
    private long _failedAt;
    private int _failures;

    private S3ReadStream(S3Bucket bucket, string key, long start, long length, GetObjectResponse answer)
    {
        _bucket = bucket;
        _key = key;
        _start = start;
        Length = length;
        _etag = answer.ETag;
        _answer = answer;
        _body = answer.ResponseStream;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public static async Task<Stream> OpenAsync(S3Bucket bucket, string key, ByteRange? range, string? ifMatch, CancellationToken cancellationToken)
    {
        var start = range?.Offset ?? 0;
        // Always a range: without one the SDK takes every 32-digit ETag for an MD5 and fails on stores where it is none.
        var wanted = range is { } r ? $"bytes={r.Offset}-{r.End - 1}" : "bytes=0-";
        GetObjectResponse answer;
        try
        {
            answer = await GetAsync(bucket, key, wanted, Quote(ifMatch), cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (range is null && exception.Error == TrainctlError.ReadFailed)
        {
            // No range can be satisfied by an empty object.
            answer = await GetAsync(bucket, key, null, Quote(ifMatch), cancellationToken).ConfigureAwait(false);
        }

        if (range is { } asked && answer.ContentLength != asked.Length)
        {
            answer.Dispose();
            throw new TrainctlException(
                TrainctlError.ReadFailed,
                $"Reading '{bucket.Root.Append(key)}' failed: bytes {asked.Offset} to {asked.End} were asked for, and the store gave {answer.ContentLength} bytes. "
                + "The object is shorter, or the store does not know ranges.",
                key);
        }

        return new S3ReadStream(bucket, key, start, answer.ContentLength, answer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, Length - _position);
        if (wanted == 0)
            return 0;
        while (true)
        {
            try
            {
                _body ??= await ReopenAsync(cancellationToken).ConfigureAwait(false);
                var read = await ReadInTimeAsync(buffer[..wanted], cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    throw new EndOfStreamException("the answer ended before its last byte");
                _position += read;
                return read;
            }
            catch (Exception exception) when (S3Errors.IsStoreError(exception))
            {
                cancellationToken.ThrowIfCancellationRequested();
                CloseBody();
                _failures = _position - _failedAt >= Progress ? 1 : _failures + 1;
                _failedAt = _position;
                if (_failures == Attempts)
                    throw S3Errors.Translate(exception, new S3Call("Reading", _bucket.Root.Append(_key), _key, _bucket.Connection));
                await Task.Delay(FirstDelay * (1 << (_failures - 1)), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            CloseBody();
        base.Dispose(disposing);
    }

    private static Task<GetObjectResponse> GetAsync(S3Bucket bucket, string key, string? range, string? ifMatch, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = bucket.Name, Key = bucket.FullKey(key), EtagToMatch = ifMatch };
        if (range is not null)
            request.ByteRange = new Amazon.S3.Model.ByteRange(range);
        return bucket.CallAsync("Reading", key, (client, token) => client.GetObjectAsync(request, token), cancellationToken);
    }

    private async Task<Stream> ReopenAsync(CancellationToken cancellationToken)
    {
        var first = _start + _position;
        _answer = await GetAsync(_bucket, _key, $"bytes={first}-{_start + Length - 1}", _etag, cancellationToken).ConfigureAwait(false);
        return _answer.ResponseStream;
    }

    private async Task<int> ReadInTimeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        return await _body!.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
    }

    private void CloseBody()
    {
        _answer?.Dispose();
        _answer = null;
        _body = null;
    }

    private static string? Quote(string? etag) => etag is null ? null : $"\"{etag}\"";
}
