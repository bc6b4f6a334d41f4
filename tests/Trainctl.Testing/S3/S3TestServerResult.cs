using System.Diagnostics.CodeAnalysis;

namespace Trainctl.Testing.S3;

/// <summary>A running S3 server, or the reason why this machine has none. Disposing stops what was started, once.</summary>
public sealed class S3TestServerResult : IAsyncDisposable
{
    private Func<ValueTask>? stop;

    private S3TestServerResult(S3TestEndpoint? endpoint, string? problem, Func<ValueTask>? stop)
    {
        Endpoint = endpoint;
        Problem = problem;
        this.stop = stop;
    }

    /// <summary>The server; null when there is none.</summary>
    public S3TestEndpoint? Endpoint { get; }

    /// <summary>Why each way of getting a server failed and what to do; null when there is a server.</summary>
    public string? Problem { get; }

    /// <summary>Whether there is a server.</summary>
    [MemberNotNullWhen(true, nameof(Endpoint))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsAvailable => Endpoint is not null;

    internal static S3TestServerResult Running(S3TestEndpoint endpoint, Func<ValueTask>? stop = null) => new(endpoint, null, stop);

    internal static S3TestServerResult Missing(string problem) => new(null, problem, null);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref stop, null)?.Invoke() ?? ValueTask.CompletedTask;
}
