namespace Trainctl.Testing.Faults;

/// <summary>What a <see cref="FaultProxy"/> does to one request.</summary>
/// <param name="Kind">Which way it fails.</param>
public sealed record Fault(FaultKind Kind)
{
    /// <summary>
    /// Which byte it is about, from 0: of the whole message where a connection breaks or stalls, of the body where a byte is flipped. Counts on from the
    /// beginning where the message is shorter, so that any number names a byte.
    /// </summary>
    public long At { get; init; }

    /// <summary>Which bit of the byte is flipped, from 0, the lowest, to 7.</summary>
    public int Bit { get; init; }

    /// <summary>Whether the server does what was asked, and only the answer is another one. For answers that the proxy gives itself.</summary>
    public bool IsAfterWork { get; init; }

    /// <summary>What the header <c>Retry-After</c> says, in whole seconds; null: there is none. For <see cref="FaultKind.SlowDown"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same header as a date.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>What the header <c>Date</c> of the proxy's own answers says; null: there is none.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>How long a stall takes; <see cref="Timeout.InfiniteTimeSpan"/> for as long as there is a proxy.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Told when a stall begins.</summary>
    public Action? OnStall { get; init; }

    public override string ToString() =>
        $"{Kind} at {At}{(IsAfterWork ? ", after the work" : "")}{(RetryAfter is { } wait ? $", to be tried again after {wait.TotalSeconds:0} s" : "")}";

    /// <summary>The fault for the first requests of a kind, and none for all others.</summary>
    public static Func<S3Request, Fault?> ForFirst(int times, Func<S3Request, bool> isMeant, Fault fault)
    {
        var left = times;
        return request => isMeant(request) && Interlocked.Decrement(ref left) >= 0 ? fault : null;
    }
}

/// <summary>Ways in which a request fails.</summary>
public enum FaultKind
{
    /// <summary>It is answered 503 SlowDown.</summary>
    SlowDown,

    /// <summary>It is answered 400 ExpiredToken.</summary>
    ExpiredToken,

    /// <summary>It is answered 404 NoSuchKey.</summary>
    NoSuchKey,

    /// <summary>It is answered 501 NotImplemented.</summary>
    NotImplemented,

    /// <summary>It is answered 500 InternalError.</summary>
    InternalError,

    /// <summary>The connection is reset while the request is sent: the server sees a part of it, or nothing.</summary>
    ResetRequest,

    /// <summary>The server does what was asked, and the connection is reset while it answers.</summary>
    ResetAnswer,

    /// <summary>The server does what was asked, and the connection is closed in good order before its answer has ended.</summary>
    CutAnswer,

    /// <summary>One bit of the request's body is flipped.</summary>
    FlipRequest,

    /// <summary>One bit of the answer's body is flipped.</summary>
    FlipAnswer,

    /// <summary>The answer pauses on its way.</summary>
    Stall,

    /// <summary>The request pauses on its way: the proxy takes no more of it, and the server loses the connection.</summary>
    StallRequest,

    /// <summary>Something stands before the request, so that the server cannot make it out.</summary>
    OutOfStep,

    /// <summary>DeleteObjects deletes some objects and says of the others that it failed.</summary>
    DeleteSome,

    /// <summary>CompleteMultipartUpload is answered 200, and an error is what the body holds.</summary>
    ErrorInsideOk,

    /// <summary>CompleteMultipartUpload is done, and the answer is that there is no such upload.</summary>
    UploadForgotten,
}
