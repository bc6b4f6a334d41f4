namespace Trainctl.Testing.Faults;

/// <summary>What went through a proxy, kind by kind. Safe to read at any time.</summary>
public sealed class ProxyTraffic
{
    private readonly Lock _gate = new();
    private readonly Dictionary<S3RequestKind, TrafficCount> _counts = [];
    private readonly List<string> _faults = [];
    private readonly Dictionary<FaultKind, int> _happened = [];

    /// <summary>What one kind of request came to.</summary>
    public TrafficCount Of(S3RequestKind kind)
    {
        lock (_gate)
            return _counts.GetValueOrDefault(kind) ?? TrafficCount.Nothing;
    }

    /// <summary>What all requests came to.</summary>
    public TrafficCount Total
    {
        get
        {
            lock (_gate)
                return _counts.Values.Aggregate(TrafficCount.Nothing, static (sum, next) => sum + next);
        }
    }

    /// <summary>The faults so far, one line each, in the order in which requests came.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_gate)
                return [.. _faults];
        }
    }

    /// <summary>How often each kind of fault really happened, once the exchange was over: a message without a body has no byte to flip.</summary>
    public IReadOnlyDictionary<FaultKind, int> Happened
    {
        get
        {
            lock (_gate)
                return new Dictionary<FaultKind, int>(_happened);
        }
    }

    internal void Began(S3Request request, Fault? fault)
    {
        lock (_gate)
        {
            if (fault is not null)
                _faults.Add($"{request.Identity}: {fault}");
            _counts[request.Kind] = Count(request) + new TrafficCount(1, fault is null ? 0 : 1, 0, 0);
        }
    }

    internal void Moved(S3Request request, long sentBytes, long receivedBytes)
    {
        lock (_gate)
            _counts[request.Kind] = Count(request) + new TrafficCount(0, 0, sentBytes, receivedBytes);
    }

    internal void Failed(FaultKind kind)
    {
        lock (_gate)
            _happened[kind] = _happened.GetValueOrDefault(kind) + 1;
    }

    private TrafficCount Count(S3Request request) => _counts.GetValueOrDefault(request.Kind) ?? TrafficCount.Nothing;
}

/// <summary>What requests came to.</summary>
/// <param name="Requests">How many came.</param>
/// <param name="Faults">How many of them were to fail.</param>
/// <param name="SentBytes">Bytes of bodies that came from the client; those of failed requests too.</param>
/// <param name="ReceivedBytes">Bytes of bodies that came from the server, whether the client got them or not.</param>
public sealed record TrafficCount(int Requests, int Faults, long SentBytes, long ReceivedBytes)
{
    public static TrafficCount Nothing { get; } = new(0, 0, 0, 0);

    public static TrafficCount operator +(TrafficCount x, TrafficCount y) =>
        new(x.Requests + y.Requests, x.Faults + y.Faults, x.SentBytes + y.SentBytes, x.ReceivedBytes + y.ReceivedBytes);

    public static TrafficCount Add(TrafficCount x, TrafficCount y) => x + y;
}
