using System.Net;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What a request was.</summary>
/// <param name="Method">GET, HEAD, PUT.</param>
/// <param name="Url">Whole.</param>
/// <param name="Headers">By lower-case name, those of the content too.</param>
/// <param name="Body">What it carried.</param>
internal sealed record SentRequest(string Method, string Url, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public static async Task<SentRequest> OfAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var headers = request.Headers.NonValidated.Concat(request.Content?.Headers.NonValidated ?? []).ToDictionary(
            static h => h.Key.ToLowerInvariant(), static h => h.Value.ToString(), StringComparer.Ordinal);
        return new SentRequest(request.Method.Method, request.RequestUri!.OriginalString, headers, body);
    }
}

/// <summary>Gives prepared answers to requests that pass the SDK by, and keeps the requests. The last answer is given for ever.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = new();

    public List<SentRequest> Requests { get; } = [];

    /// <summary>Called before a request is answered, which waits for it.</summary>
    public Func<SentRequest, CancellationToken, Task>? OnRequest { get; set; }

    public ScriptedServer Answer(HttpStatusCode status, params (string Name, string Value)[] headers) => Answer(status, "", headers);

    public ScriptedServer Answer(HttpStatusCode status, string body, params (string Name, string Value)[] headers)
    {
        _answers.Enqueue(() =>
        {
            var answer = new HttpResponseMessage(status) { Content = new StringContent(body) };
            foreach (var (name, value) in headers)
            {
                if (answer.Headers.TryAddWithoutValidation(name, value))
                    continue;
                answer.Content.Headers.Remove(name);
                answer.Content.Headers.TryAddWithoutValidation(name, value);
            }

            return answer;
        });
        return this;
    }

    public ScriptedServer Fail(Func<Exception> failure)
    {
        _answers.Enqueue(() => throw failure());
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(await SentRequest.OfAsync(request, cancellationToken));
        if (OnRequest is not null)
            await OnRequest(Requests[^1], cancellationToken);
        return (_answers.Count > 1 ? _answers.Dequeue() : _answers.Peek())();
    }
}
