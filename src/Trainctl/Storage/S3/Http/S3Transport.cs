using System.Net;
using Amazon.S3;
using Trainctl.Storage.S3.Retrying;

namespace Trainctl.Storage.S3.Http;

/// <summary>
/// Sends requests whose bodies matter (PUT, parts, GET) and those that are made for each object (HEAD, DELETE, listings) past the SDK, whose way costs more
/// processor time and memory than the work itself. Credentials and most endpoints are the SDK's. Sends each request once; repeating is the caller's.
/// </summary>
/// <param name="http">The connections.</param>
/// <param name="address">Of the bucket; asked for when the first request is sent.</param>
/// <param name="connection">How requests are formed.</param>
/// <param name="credentials">What signs; null for nothing.</param>
/// <param name="time">Measures connections that do not get on; null for the system's clock.</param>
internal sealed class S3Transport(
    HttpMessageInvoker http, Func<BucketAddress> address, S3Connection connection, S3Credentials? credentials, TimeProvider? time = null)
{
    private readonly Lazy<BucketAddress> _address = new(address);
    private readonly RequestSigner _signer = new(connection.Region);

    /// <summary>Of the bucket.</summary>
    public Uri Address => _address.Value.UrlOf(_address.Value.PathOf(null), "");

    /// <summary>Sends a request.</summary>
    /// <returns>An answer of success, its body not yet read. The caller disposes it.</returns>
    /// <exception cref="AmazonS3Exception">The store answered something else.</exception>
    public async Task<HttpResponseMessage> SendAsync(S3Request request, CancellationToken cancellationToken)
    {
        using var stall = new StallGuard(cancellationToken, request.Patience, time);
        using var message = await CreateAsync(request, stall, cancellationToken).ConfigureAwait(false);
        HttpResponseMessage answer;
        try
        {
            stall.Begin();
            answer = await http.SendAsync(message, stall.Token).ConfigureAwait(false);
            stall.End();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            request.AsksFirst |= message.Content is BodyContent { HasBegun: true };
            if (stall.HasStruck)
                throw new TimeoutException(stall.Message, exception);
            throw;
        }

        if (answer.IsSuccessStatusCode)
            return answer;
        // Something on the way does not know the question.
        if (answer.StatusCode == HttpStatusCode.ExpectationFailed)
            request.AsksFirst = false;
        using (answer)
            throw await ErrorAnswer.ReadAsync(answer, time, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpRequestMessage> CreateAsync(S3Request request, StallGuard stall, CancellationToken cancellationToken)
    {
        var target = _address.Value;
        var path = target.PathOf(request.Key);
        var query = request.Query;
        var message = new HttpRequestMessage(request.Method, target.UrlOf(path, query)) { VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        message.Options.Set(S3HttpHandler.Guard, stall);
        if (request.Body is { } body)
        {
            message.Content = new BodyContent(body, stall, request.Bandwidth);
            if (request.AsksFirst)
                message.Headers.ExpectContinue = true;
        }

        if (request.IsAsStored)
            message.Headers.TryAddWithoutValidation("accept-encoding", "gzip");
        await SignAsync(request, target.Host, path, query, cancellationToken).ConfigureAwait(false);
        foreach (var (name, value) in request.Headers)
        {
            // .NET sorts headers into those of a request and those of its content.
            if (name != "host" && !message.Headers.TryAddWithoutValidation(name, value))
                (message.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private async ValueTask SignAsync(S3Request request, string host, string path, string query, CancellationToken cancellationToken)
    {
        if (connection.RequesterPays)
            request.With("x-amz-request-payer", "requester");
        if (credentials is null)
            return;
        var identity = await credentials.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        var payload = request switch
        {
            { Body: null } => RequestSigner.EmptyPayload,
            { IsBodyUnsigned: true } => RequestSigner.UnsignedPayload,
            { Body: { } body } => await body.Sha256Async(cancellationToken).ConfigureAwait(false),
        };
        var time = RequestSigner.FormatTime(StoreClock.Shared.Now);
        request.Without("authorization").With("host", host).With("x-amz-content-sha256", payload).With("x-amz-date", time);
        if (identity.UseToken)
            request.With("x-amz-security-token", identity.Token);
        else
            request.Without("x-amz-security-token");
        request.With(
            "authorization", _signer.Sign(request.Method.Method, path, query, request.Headers, payload, time, identity.AccessKey, identity.SecretKey));
    }
}
