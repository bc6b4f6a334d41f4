using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Trainctl.Storage.S3;

/// <summary>
/// What the SDK leaves out: fails soon where nobody listens (the SDK would try five times over many seconds), bounds the time until an answer begins,
/// and adds the Content-MD5 that older stores demand of DeleteObjects (aws/aws-sdk-net#3641).
/// </summary>
internal sealed class S3HttpHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const long SlowestBytesPerSecond = 64 * 1024;
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan[] ConnectDelays = [TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(750)];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Post && request.RequestUri?.Query.StartsWith("?delete", StringComparison.Ordinal) == true)
            await AddMd5Async(request, cancellationToken).ConfigureAwait(false);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await SendInTimeAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
            {
                // No connection was made, so nothing of the content was read and the request can be sent again as it is.
                if (attempt == ConnectDelays.Length || exception.InnerException is not SocketException)
                    throw new UnreachableException(request.RequestUri!.Authority, exception.InnerException?.Message ?? exception.Message);
                await Task.Delay(ConnectDelays[attempt], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<HttpResponseMessage> SendInTimeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var limit = AnswerPatience + TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / SlowestBytesPerSecond);
        patience.CancelAfter(limit);
        try
        {
            var answer = await base.SendAsync(request, patience.Token).ConfigureAwait(false);
            if (!IsOutOfStep(answer))
                return answer;
            answer.Dispose();
            throw new HttpRequestException(HttpRequestError.InvalidResponse, "The server could not make out the request.", new IOException("The connection was out of step."));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (!patience.IsCancellationRequested)
                throw new UnreachableException(request.RequestUri!.Authority, "no connection was made in time");
            throw new TimeoutException($"No answer within {limit.TotalSeconds:0} seconds.", exception);
        }
    }

    /// <summary>
    /// Whether this is the bare 400 of a web server that met something else where a request should begin, and no answer of an S3 service. Ceph's gateway
    /// takes the body of a request that it refused early for the next request (seen with Ceph 16; its frontend is ceph/ceph: src/rgw/rgw_asio_frontend.cc).
    /// The SDK sends the request again, on another connection.
    /// </summary>
    private static bool IsOutOfStep(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.BadRequest && answer.Content.Headers.ContentLength == 0
        && answer.Headers.Date is null && answer.Headers.Server.Count == 0 && !answer.Headers.Contains("x-amz-request-id");

    private static async Task AddMd5Async(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content || content.Headers.ContentMD5 is not null)
            return;
        await content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        var body = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: the protocol demands MD5
        content.Headers.ContentMD5 = MD5.HashData(body);
#pragma warning restore CA5351
    }
}

/// <summary>Nobody answers at an address. Not an I/O error for the SDK, which would repeat it.</summary>
#pragma warning disable CA1032 // Implement standard exception constructors: never thrown without its two facts
internal sealed class UnreachableException(string address, string reason) : Exception($"'{address}' cannot be reached: {reason}")
#pragma warning restore CA1032
{
    public string Address => address;

    public string Reason => reason;
}
