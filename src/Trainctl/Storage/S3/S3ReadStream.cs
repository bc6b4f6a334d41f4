using System.Globalization;
using System.Net;
using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;

namespace Trainctl.Storage.S3;

/// <summary>
/// Exactly the bytes that were asked for. When the connection breaks or falls silent, the rest is asked for again, on condition that the object is
/// still the same; an end before the last byte is a failure.
/// </summary>
internal sealed class S3ReadStream : Stream
{
    /// <summary>Failures are forgotten after so many bytes: a long read may break now and then, but must get on.</summary>
    private const long Progress = 256 * 1024;

    private readonly S3Bucket _bucket;
    private readonly string _key;
    private readonly long _start;
    private readonly long? _total;
    private readonly string? _condition;
    private HttpResponseMessage? _answer;
    private Stream? _body;
    private StallGuard? _stall;
    private long _position;
    private long _failedAt;
    private int _failures;
    private volatile bool _isClosed;

    /// <param name="bucket">Where it is.</param>
    /// <param name="key">The object.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="total">The size of the whole object; null where nobody told.</param>
    /// <param name="ifMatch">The ETag that was demanded.</param>
    /// <param name="answer">The bytes.</param>
    private S3ReadStream(S3Bucket bucket, string key, long start, long length, long? total, string? ifMatch, HttpResponseMessage answer)
    {
        _bucket = bucket;
        _key = key;
        _start = start;
        _total = total;
        Length = length;
        _answer = answer;
        Found = ObjectHeaders.Describe(bucket.Connection, key, answer, length);
        _condition = ifMatch ?? Found.ETag;
        IsWhole = total == length;
    }

    /// <summary>The object, as the answer described it; for a range its size is the range's.</summary>
    public StoredObject Found { get; }

    /// <summary>Whether this is all of the object.</summary>
    public bool IsWhole { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public static async Task<S3ReadStream> OpenAsync(S3Bucket bucket, string key, ByteRange? range, string? ifMatch, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(bucket, key, range, ifMatch, cancellationToken).ConfigureAwait(false);
        try
        {
            var length = answer.Content.Headers.ContentLength ?? throw bucket.Rejected("Reading", key, ObjectHeaders.NoLength);
            if (ifMatch is not null && answer.Header("etag") is { } etag && !ObjectMetadata.AreSame(etag, ifMatch))
                throw Changed(bucket, key);
            if (range is { } asked && length != asked.Length)
            {
                throw new TrainctlException(
                    TrainctlError.ReadFailed,
                    $"Reading '{bucket.Root.Append(key)}' failed: bytes {asked.Offset} to {asked.End} were asked for, and the store gave {length} bytes. "
                    + "The object is shorter, or the store does not know ranges.",
                    key);
            }

            var total = TotalOf(bucket, key, range, length, answer);
            return new S3ReadStream(bucket, key, range?.Offset ?? 0, length, total, ifMatch, answer);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bandwidth = _bucket.Bandwidth;
        var wanted = (int)Math.Min(Math.Min(buffer.Length, bandwidth?.PieceBytes ?? buffer.Length), Length - _position);
        if (wanted == 0)
            return 0;
        var read = await ReadOnAsync(buffer[..wanted], cancellationToken).ConfigureAwait(false);
        // What has come cannot be held back, but what comes next waits, and the store with it.
        if (bandwidth is not null)
            await bandwidth.TakeAsync(read, cancellationToken).ConfigureAwait(false);
        return read;
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
        // A read that is still under way fails by that, and must not ask for the rest.
        _isClosed = true;
        if (disposing)
            CloseBody();
        base.Dispose(disposing);
    }

    /// <summary>Some bytes, on another connection where one breaks.</summary>
    private async ValueTask<int> ReadOnAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _answer ??= await ReopenAsync(cancellationToken).ConfigureAwait(false);
                if (_isClosed)
                {
                    CloseBody();
                    throw new ObjectDisposedException(nameof(S3ReadStream));
                }

                _body ??= await _answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                var read = await ReadInTimeAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    throw new EndOfStreamException("the answer ended before its last byte");
                _position += read;
                return read;
            }
            catch (Exception exception) when (!_isClosed && S3Errors.IsStoreError(exception))
            {
                cancellationToken.ThrowIfCancellationRequested();
                CloseBody();
                _failures = _position - _failedAt >= Progress ? 1 : _failures + 1;
                _failedAt = _position;
                if (!await _bucket.MayRepeatAsync(exception, _failures, null, cancellationToken).ConfigureAwait(false))
                    throw _bucket.Translate(exception, "Reading", _key);
            }
        }
    }

    private static Task<HttpResponseMessage> GetAsync(S3Bucket bucket, string key, ByteRange? range, string? ifMatch, CancellationToken cancellationToken)
    {
        // Of a listing that was damaged on its way: no header can hold it, and no object has it.
        if (ifMatch is not null && !Ascii.IsValid(ifMatch))
            throw bucket.Rejected("Reading", key, "the ETag that was listed for it is none");
        var request = new S3Request(HttpMethod.Get, bucket.FullKey(key)) { IsAsStored = bucket.Connection.Provider.Decompresses }
            .With("range", range is { } r ? string.Create(CultureInfo.InvariantCulture, $"bytes={r.Offset}-{r.End - 1}") : null)
            .With("if-match", ifMatch is null ? null : $"\"{ifMatch}\"")
            .With("x-amz-checksum-mode", ObjectHeaders.ChecksumMode(bucket.Connection));
        return bucket.SendAsync("Reading", key, request, cancellationToken);
    }

    private async Task<HttpResponseMessage> ReopenAsync(CancellationToken cancellationToken)
    {
        var rest = new ByteRange(_start + _position, Length - _position);
        var answer = await GetAsync(_bucket, _key, rest, _condition, cancellationToken).ConfigureAwait(false);
        try
        {
            if (answer.Content.Headers.ContentLength != rest.Length)
                throw _bucket.Rejected("Reading", _key, "the store does not know ranges, and the connection broke");
            if (!IsSameObject(answer, TotalOf(_bucket, _key, rest, rest.Length, answer)))
                throw Changed(_bucket, _key);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <summary>Some stores pass over the condition. Without an ETag the time and the size must be told, and be the same.</summary>
    private bool IsSameObject(HttpResponseMessage answer, long? total)
    {
        if (total is not null && _total is not null && total != _total)
            return false;
        if (_condition is not null && answer.Header("etag") is { } etag)
            return ObjectMetadata.AreSame(etag, _condition);
        return total is not null && total == _total && answer.Content.Headers.LastModified is { } time && time == Found.ModifiedAt;
    }

    /// <summary>The size of the whole object; null where the answer does not tell. Fails unless the answer holds the bytes that were asked for: a cache on the way may have kept others.</summary>
    /// <param name="bucket">Where it is.</param>
    /// <param name="key">The object.</param>
    /// <param name="range">What was asked for; null for all.</param>
    /// <param name="length">How many bytes the answer holds; of a range as many as were asked for.</param>
    /// <param name="answer">The answer.</param>
    private static long? TotalOf(S3Bucket bucket, string key, ByteRange? range, long length, HttpResponseMessage answer)
    {
        var asked = range ?? new ByteRange(0, length);
        // As many bytes as were asked for, from the first one on, are all that there are.
        if (answer.StatusCode == HttpStatusCode.OK && asked.Offset == 0)
            return length;
        var header = answer.Header("content-range");
        if (answer.StatusCode == HttpStatusCode.PartialContent && ContentRange.Parse(header) is { } given && given.Range == asked && (range is not null || given.Total == length))
            return given.Total;
        throw new TrainctlException(
            TrainctlError.StoreRejected,
            $"Reading '{bucket.Root.Append(key)}' failed: {(range is null ? "all bytes" : $"bytes {asked.Offset} to {asked.End}")} were asked for, and the answer (HTTP {(int)answer.StatusCode}) "
            + $"{(header is null ? "does not say which it holds" : $"holds '{header}'")}. A cache or a proxy on the way, or the store, does not know ranges: do without it.",
            key);
    }

    private static TrainctlException Changed(S3Bucket bucket, string key) => new(
        TrainctlError.ChangedDuringTransfer,
        $"Reading '{bucket.Root.Append(key)}' failed: the answer is of another version of the object. It changed meanwhile. Run again when nothing writes to it.",
        key);

    /// <summary>What has arrived already is taken without looking at the clock.</summary>
    private async ValueTask<int> ReadInTimeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var stall = _stall ??= new StallGuard(CancellationToken.None, time: _bucket.NetworkTime);
        var reading = _body!.ReadAsync(buffer, stall.Token);
        int read;
        if (reading.IsCompleted)
        {
            read = await reading.ConfigureAwait(false);
        }
        else
        {
            stall.Begin();
            try
            {
                using (cancellationToken.UnsafeRegister(static guard => ((StallGuard)guard!).Cancel(), stall))
                    read = await reading.ConfigureAwait(false);
            }
            catch (Exception exception) when (stall.HasStruck && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException(stall.Message, exception);
            }
            finally
            {
                stall.End();
            }
        }

        stall.Passed(read);
        return read;
    }

    private void CloseBody()
    {
        _answer?.Dispose();
        _answer = null;
        _body = null;
        _stall?.Dispose();
        _stall = null;
    }
}
