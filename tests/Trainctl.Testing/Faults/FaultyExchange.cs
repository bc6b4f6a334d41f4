namespace Trainctl.Testing.Faults;

/// <summary>One request and its answer, with at most one fault.</summary>
internal sealed class FaultyExchange(HttpConnection client, HttpConnection server, S3Request request, Fault? fault)
{
    private static readonly byte[] Continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    private const string SessionToken = "x-amz-security-token";

    private const string MostKeys = "max-keys";

    private static readonly string[] OfVersion2 = ["list-type", "continuation-token", "start-after", "fetch-owner"];

    private HttpBody? _body;
    private HttpBody? _answerBody;

    /// <summary>Signs what is changed on purpose; without it the server would refuse that.</summary>
    public RequestSigner? Signer { get; init; }

    /// <summary>How many objects a page of a listing has at most; null: as the client asks.</summary>
    public int? PageSize { get; init; }

    /// <summary>Whether the server does not get to see what only the second version of listings has.</summary>
    public bool ListsByVersion1 { get; init; }

    public bool IgnoresStartAfter { get; init; }

    /// <summary>Whether a session counts as the user himself, where the server knows no sessions.</summary>
    public bool TakesSessions { get; init; }

    public long SentBytes => _body?.Arrived ?? 0;

    public long ReceivedBytes => _answerBody?.Arrived ?? 0;

    /// <summary>Whether the fault really happened: a message without a body has no byte to flip.</summary>
    public bool IsFaulty { get; private set; }

    /// <returns>Whether another exchange can follow on these connections.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (request.Head["Expect"] is not null)
            await client.Stream.WriteAsync(Continue, cancellationToken);
        _body = await HttpBody.OfAsync(client, request.Head, cancellationToken);
        return fault?.Kind switch
        {
            FaultKind.SlowDown => await AnswerAsync(503, "SlowDown", fault.IsAfterWork, cancellationToken),
            FaultKind.ExpiredToken => await AnswerAsync(400, "ExpiredToken", isAfterWork: false, cancellationToken),
            FaultKind.NoSuchKey => await AnswerAsync(404, "NoSuchKey", isAfterWork: false, cancellationToken),
            FaultKind.NotImplemented => await AnswerAsync(501, "NotImplemented", isAfterWork: false, cancellationToken),
            FaultKind.InternalError => await AnswerAsync(500, "InternalError", fault.IsAfterWork, cancellationToken),
            FaultKind.ErrorInsideOk => await AnswerAsync(200, "InternalError", fault.IsAfterWork, cancellationToken),
            FaultKind.UploadForgotten => await AnswerAsync(404, "NoSuchUpload", isAfterWork: true, cancellationToken),
            FaultKind.DeleteSome => await DeleteSomeAsync(fault, cancellationToken),
            _ => await PassAsync(cancellationToken),
        };
    }

    private async Task<bool> AnswerAsync(int status, string code, bool isAfterWork, CancellationToken cancellationToken)
    {
        var canGoOn = true;
        if (isAfterWork)
        {
            await SendAsync(HeadForServer(), _body!, new FaultyOutlet(server.Stream), cancellationToken);
            var answer = await ReadAnswerAsync(cancellationToken);
            await _answerBody!.ReadAsync(cancellationToken);
            canGoOn = !answer.ClosesConnection;
        }
        else
        {
            await _body!.ReadAsync(cancellationToken);
        }

        IsFaulty = true;
        await client.Stream.WriteAsync(S3Answers.Error(status, code, fault!, request.Head.Method == "HEAD"), cancellationToken);
        return canGoOn;
    }

    private async Task<bool> PassAsync(CancellationToken cancellationToken)
    {
        if (fault?.Kind == FaultKind.OutOfStep)
        {
            await server.Stream.WriteAsync(new byte[1], cancellationToken);
            IsFaulty = true;
        }

        var head = HeadForServer();
        if (!await SendAsync(head, _body!, OutletTo(server, head, _body!, FaultKind.FlipRequest, FaultKind.ResetRequest), cancellationToken))
        {
            client.Reset();
            server.Reset();
            return false;
        }

        var answer = await ReadAnswerAsync(cancellationToken);
        var cut = fault?.Kind == FaultKind.CutAnswer ? FaultKind.CutAnswer : FaultKind.ResetAnswer;
        if (!await SendAsync(answer, _answerBody!, OutletTo(client, answer, _answerBody!, FaultKind.FlipAnswer, cut), cancellationToken))
        {
            if (cut == FaultKind.ResetAnswer)
                client.Reset();
            server.Reset();
            return false;
        }

        return !answer.ClosesConnection && fault?.Kind != FaultKind.OutOfStep;
    }

    private async Task<bool> DeleteSomeAsync(Fault some, CancellationToken cancellationToken)
    {
        IsFaulty = true;
        var (rest, spared) = S3Answers.Spare(await _body!.ReadAsync(cancellationToken), (int)(some.At % int.MaxValue));
        if (rest is null)
        {
            var head = new HttpHead("HTTP/1.1 200 OK", [("Content-Type", "application/xml")]);
            await client.Stream.WriteAsync(S3Answers.WithBody(head, S3Answers.WithErrors(null, spared)), cancellationToken);
            return true;
        }

        var signer = Signer ?? throw new InvalidOperationException("To delete some objects and not others the proxy must know the secret key.");
        await server.Stream.WriteAsync(signer.Sign(request.Head, rest).ToBytes(), cancellationToken);
        await server.Stream.WriteAsync(rest, cancellationToken);
        var answer = await ReadAnswerAsync(cancellationToken);
        var body = await _answerBody!.ReadAsync(cancellationToken);
        await client.Stream.WriteAsync(S3Answers.WithBody(answer, answer.Status == 200 ? S3Answers.WithErrors(body, spared) : body), cancellationToken);
        return !answer.ClosesConnection;
    }

    private HttpHead HeadForServer()
    {
        if (TakesSessions && request.Head[SessionToken] is not null)
            return (Signer ?? throw new InvalidOperationException("To take sessions the proxy must know the secret key.")).Sign(request.Head.With(SessionToken, null), body: null);
        if (request.Kind != S3RequestKind.List || (PageSize is null && !ListsByVersion1 && !IgnoresStartAfter))
            return request.Head;
        var signer = Signer ?? throw new InvalidOperationException("To change listings the proxy must know the secret key.");
        var target = request.Head.Target.Split('?');
        var query = target[1].Split('&').Where(p => !IsLeftOut(p.Split('=')[0])).Concat(PageSize is null ? [] : [$"{MostKeys}={PageSize}"]);
        return signer.Sign(request.Head with { StartLine = $"GET {target[0]}?{string.Join('&', query)} HTTP/1.1" }, body: null);
    }

    private bool IsLeftOut(string parameter) =>
        (ListsByVersion1 && OfVersion2.Contains(parameter)) || (IgnoresStartAfter && parameter == "start-after") || (PageSize is not null && parameter == MostKeys);

    private FaultyOutlet OutletTo(HttpConnection to, HttpHead head, HttpBody body, FaultKind flip, FaultKind cut)
    {
        var start = head.ToBytes().Length;
        return new FaultyOutlet(to.Stream)
        {
            FlipAt = fault?.Kind == flip && body.Length > 0 ? start + body.ContentStart + (fault.At % body.Length) : null,
            FlippedBit = fault?.Bit ?? 0,
            CutAt = fault?.Kind == cut ? fault.At % (start + body.FramedLength) : null,
            PauseAt = fault?.Kind == (to == client ? FaultKind.Stall : FaultKind.StallRequest) ? fault.At % (start + body.FramedLength) : null,
            Pause = fault?.Pause ?? default,
            OnPause = () => Stalled(to),
        };
    }

    /// <summary>A server that waits for the rest of a request may keep others from the object; of a connection that is lost it hears at some time, and here at once.</summary>
    private void Stalled(HttpConnection to)
    {
        if (to == server)
            server.Reset();
        fault?.OnStall?.Invoke();
    }

    private async Task<bool> SendAsync(HttpHead head, HttpBody body, FaultyOutlet to, CancellationToken cancellationToken)
    {
        try
        {
            return await to.WriteAsync(head.ToBytes(), cancellationToken) && await body.CopyToAsync(to, cancellationToken);
        }
        finally
        {
            IsFaulty |= to.IsStruck;
        }
    }

    private async Task<HttpHead> ReadAnswerAsync(CancellationToken cancellationToken)
    {
        HttpHead answer;
        do
        {
            answer = await server.ReadHeadAsync(cancellationToken) ?? throw new EndOfStreamException("The server left without an answer.");
        }
        while (answer.Status < 200);
        var hasBody = request.Head.Method != "HEAD" && answer.Status is not (204 or 304);
        var isOpenEnded = hasBody && answer is { ContentLength: null, IsChunked: false };
        if (isOpenEnded && !answer.ClosesConnection)
            throw new InvalidDataException($"The answer to '{request.Head.StartLine}' does not say how long it is, and this proxy cannot pass on such answers.");
        _answerBody = isOpenEnded ? await HttpBody.ToTheEndAsync(server, cancellationToken)
            : hasBody ? await HttpBody.OfAsync(server, answer, cancellationToken)
            : HttpBody.Nothing(server);
        return answer;
    }
}
