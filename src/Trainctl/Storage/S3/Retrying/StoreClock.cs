using System.Collections.Concurrent;
using System.Net;
using Amazon;

namespace Trainctl.Storage.S3.Retrying;

/// <summary>
/// The time that requests are signed with: this machine's, corrected when a store refuses it and says its own. S3 accepts a difference of 15 minutes
/// (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, RequestTimeTooSkewed).
/// </summary>
internal sealed class StoreClock(TimeProvider time)
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromMinutes(4);

    private readonly ConcurrentDictionary<string, TimeSpan> _differences = new(StringComparer.OrdinalIgnoreCase);
    private long _offsetTicks;

    public static StoreClock Shared { get; } = new(TimeProvider.System);

    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref _offsetTicks));

    public DateTimeOffset Now => time.GetUtcNow() + Offset;

    /// <summary>How far the clock of a store is ahead of this machine's, by its last good answer; zero while there was none. Whether requests are signed by it or not.</summary>
    /// <param name="authority">Its name and port.</param>
    public TimeSpan DifferenceTo(string authority) => _differences.GetValueOrDefault(authority);

    /// <summary>Looks at an answer: a refusal by a store whose clock is far from this one's sets the difference.</summary>
    public void Observe(HttpResponseMessage answer)
    {
        if (answer is { IsSuccessStatusCode: true, RequestMessage.RequestUri.Authority: { } authority, Headers.Date: { } date })
            _differences[authority] = date - time.GetUtcNow();
        if (answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.BadRequest) || answer.Headers.Date is not { } theirs)
            return;
        if ((theirs - Now).Duration() >= Noticeable)
            Set(theirs - time.GetUtcNow());
    }

    /// <summary>Sets the difference, for the SDK's requests too where this is the shared clock.</summary>
    public void Set(TimeSpan offset)
    {
        Interlocked.Exchange(ref _offsetTicks, offset.Ticks);
        if (this == Shared)
            AWSConfigs.ManualClockCorrection = offset;
    }
}
