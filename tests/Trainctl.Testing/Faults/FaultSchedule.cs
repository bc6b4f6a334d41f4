using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;

namespace Trainctl.Testing.Faults;

/// <summary>
/// Decides for each request whether and how it fails, by its seed alone: what the n-th request of an identity meets does not depend on the order in which
/// requests come. What only few requests can meet, the first of them always meets: by chance a short search would miss it. After some faults in a row a request is let through, so that a client that tries again gets on.
/// </summary>
public sealed class FaultSchedule(int seed)
{
    private readonly ConcurrentDictionary<string, Past> _pasts = new(StringComparer.Ordinal);

    /// <summary>Which share of the other requests fails.</summary>
    public double Share { get; init; } = 0.3;

    /// <summary>How often a request fails in a row at most.</summary>
    public int MostInARow { get; init; } = 3;

    /// <summary>How long a stall takes.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>What may happen, besides being up to the request.</summary>
    public Func<S3Request, FaultKind, bool> Allows { get; init; } = static (_, _) => true;

    public Fault? Decide(S3Request request)
    {
        var past = _pasts.GetOrAdd(request.Identity, static _ => new Past());
        lock (past)
        {
            var isFirst = past.Requests == 0;
            var special = Special(request.Kind).Where(k => Allows(request, k)).ToArray();
            var random = new Random((int)XxHash32.HashToUInt32(Encoding.UTF8.GetBytes($"{seed} {past.Requests++} {request.Identity}")));
#pragma warning disable CA5394 // Do not use insecure randomness: a schedule must be repeatable
            var fault = isFirst && special.Length > 0 ? FaultOf([special[seed % special.Length]], request, random)
                : past.FaultsInARow < MostInARow && random.NextDouble() < Share ? Choose(request, special, random)
                : null;
#pragma warning restore CA5394
            past.FaultsInARow = fault is null ? 0 : past.FaultsInARow + 1;
            return fault;
        }
    }

#pragma warning disable CA5394 // Do not use insecure randomness: a schedule must be repeatable
    private Fault? Choose(S3Request request, FaultKind[] special, Random random)
    {
        var common = Common(request).Where(k => Allows(request, k)).ToArray();
        return FaultOf(special.Length > 0 && random.Next(2) == 0 ? special : common, request, random);
    }

    private Fault? FaultOf(FaultKind[] kinds, S3Request request, Random random) => kinds.Length == 0 ? null : new Fault(kinds[random.Next(kinds.Length)])
    {
        At = PositionIn(request, random),
        Bit = random.Next(8),
        IsAfterWork = random.Next(2) == 0,
        RetryAfter = random.Next(2) == 0 ? TimeSpan.Zero : null,
        Pause = Pause,
    };

    /// <summary>Often in the head or right behind it, where messages are short, else anywhere.</summary>
    private static long PositionIn(S3Request request, Random random) => random.Next(3) switch
    {
        0 => random.Next(2),
        1 => random.Next(2_000),
        _ => random.NextInt64(Math.Max(request.BodyBytes, 16 * 1024 * 1024)),
    };
#pragma warning restore CA5394

    private static IEnumerable<FaultKind> Common(S3Request request)
    {
        yield return FaultKind.SlowDown;
        yield return FaultKind.InternalError;
        yield return FaultKind.ResetRequest;
        yield return FaultKind.ResetAnswer;
        yield return FaultKind.CutAnswer;
        yield return FaultKind.Stall;
        // Twice, as few requests of a command have a body.
        if (request.BodyBytes > 0)
        {
            yield return FaultKind.FlipRequest;
            yield return FaultKind.FlipRequest;
        }

        if (request.Head.Method != "HEAD")
            yield return FaultKind.FlipAnswer;
    }

    private static IEnumerable<FaultKind> Special(S3RequestKind kind) => kind switch
    {
        S3RequestKind.DeleteMany => [FaultKind.DeleteSome],
        S3RequestKind.CompleteUpload => [FaultKind.ErrorInsideOk, FaultKind.UploadForgotten],
        _ => [],
    };

    private sealed class Past
    {
        public int Requests { get; set; }

        public int FaultsInARow { get; set; }
    }
}
