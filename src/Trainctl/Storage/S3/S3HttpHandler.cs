using System.Net;
using System.Net.Sockets;
using Trainctl.Storage.S3.Http;
using Trainctl.Storage.S3.Proxies;
using Trainctl.Storage.S3.Retrying;

namespace Trainctl.Storage.S3;

/// <summary>
/// What every request to S3 goes through, the SDK's too: keeps to the pace that the store asks for, notices when this machine's clock is wrong and who
/// answers, and bounds the time until an answer begins.
/// </summary>
/// <param name="inner">Sends.</param>
/// <param name="time">Measures how long an answer takes to begin.</param>
/// <param name="proxy">What requests go through; null for the proxy of the process, if it has one.</param>
internal sealed class S3HttpHandler(HttpMessageHandler inner, TimeProvider time, IWebProxy? proxy = null) : DelegatingHandler(inner)
{
    private const string NoConnection = "no connection was made in time";
    private const long SlowestBytesPerSecond = 64 * 1024;
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(90);

    /// <summary>Set on requests that look after stalled connections themselves: what does so.</summary>
    public static HttpRequestOptionsKey<StallGuard> Guard { get; } = new("trainctl.guard");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var pace = RequestPace.Of(request.RequestUri!.Authority);
        request.Options.TryGetValue(Guard, out var guard);
        await EnterAsync(pace, guard, cancellationToken).ConfigureAwait(false);
        HttpResponseMessage? answer = null;
        try
        {
            answer = guard is null
                ? await SendInTimeAsync(request, cancellationToken).ConfigureAwait(false)
                : await SendGuardedAsync(request, cancellationToken).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.ProxyAuthenticationRequired && ProxyUse.Of(proxy, request.RequestUri!) is { } refusing)
            {
                using (answer)
                    throw new ProxyException(refusing, request.RequestUri!.Authority, answer.StatusCode);
            }

            return answer;
        }
        catch (HttpRequestException exception) when (exception is { HttpRequestError: HttpRequestError.ProxyTunnelError } and not ProxyException)
        {
            throw ProxyException.OfTunnel(ProxyUse.Of(proxy, request.RequestUri!) ?? new ProxyUse("unknown", "the environment"), request.RequestUri!.Authority, exception);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            && exception.InnerException is SocketException)
        {
            throw Unreachable(request, exception.InnerException.Message);
        }
        finally
        {
            if (answer is not null)
            {
                StoreClock.Shared.Observe(answer);
                ProviderRecognition.Learn(request.RequestUri!.Authority, answer.Headers);
            }

            pace.Leave(answer is { StatusCode: HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests }, PauseOf(answer));
        }
    }

    /// <summary>Waiting because the store asked for it is no stalled connection.</summary>
    private static async ValueTask EnterAsync(RequestPace pace, StallGuard? guard, CancellationToken cancellationToken)
    {
        var entering = pace.EnterAsync(cancellationToken);
        if (entering.IsCompletedSuccessfully)
            return;
        guard?.End();
        await entering.ConfigureAwait(false);
        guard?.Begin();
    }

    /// <summary>How long the store asks to be left alone.</summary>
    private static TimeSpan? PauseOf(HttpResponseMessage? answer) => answer?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - (answer.Headers.Date ?? StoreClock.Shared.Now),
        _ => null,
    };

    private async Task<HttpResponseMessage> SendInTimeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var limit = AnswerPatience + TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / SlowestBytesPerSecond);
        using var patience = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return ThrowIfOutOfStep(await base.SendAsync(request, either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (!patience.IsCancellationRequested)
                throw Unreachable(request, NoConnection);
            throw new TimeoutException($"No answer within {limit.TotalSeconds:0} seconds.", exception);
        }
    }

    private async Task<HttpResponseMessage> SendGuardedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return ThrowIfOutOfStep(await base.SendAsync(request, cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(request, NoConnection);
        }
    }

    private UnreachableException Unreachable(HttpRequestMessage request, string reason)
    {
        var through = ProxyUse.Of(proxy, request.RequestUri!);
        return new UnreachableException(through?.Address ?? request.RequestUri!.Authority, reason, through);
    }

    private static HttpResponseMessage ThrowIfOutOfStep(HttpResponseMessage answer)
    {
        if (!IsOutOfStep(answer))
            return answer;
        answer.Dispose();
        throw new HttpRequestException(HttpRequestError.InvalidResponse, "The server could not make out the request.", new IOException("The connection was out of step."));
    }

    /// <summary>
    /// Whether this is the bare 400 of a web server that met something else where a request should begin, and no answer of an S3 service. Ceph's gateway
    /// takes the body of a request that it refused early for the next request (seen with Ceph 16; its frontend is ceph/ceph: src/rgw/rgw_asio_frontend.cc). MinIO's, that of Go, says it in plain text.
    /// The request is sent again, on another connection.
    /// </summary>
    private static bool IsOutOfStep(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.BadRequest
        && (answer.Content.Headers.ContentLength == 0 || (answer.Headers.ConnectionClose == true && answer.Content.Headers.ContentType?.MediaType == "text/plain"))
        && answer.Headers.Date is null && answer.Headers.Server.Count == 0 && !answer.Headers.Contains("x-amz-request-id");
}

/// <summary>Nobody answers at an address.</summary>
#pragma warning disable CA1032 // Implement standard exception constructors: never thrown without its two facts
internal sealed class UnreachableException(string address, string reason, ProxyUse? proxy = null) : Exception($"'{address}' cannot be reached: {reason}")
#pragma warning restore CA1032
{
    public string Address => address;

    public string Reason => reason;

    /// <summary>Whose address it is, where it is not the service's.</summary>
    public ProxyUse? Proxy => proxy;
}
