using Microsoft.Extensions.Time.Testing;
using Trainctl.Storage.S3;
using Trainctl.Storage.S3.Http;
using Trainctl.Storage.S3.Retrying;

namespace Trainctl.Tests.Storage.S3;

/// <summary>How long the SDK's requests wait for an answer to begin: the SDK itself would wait for ever.</summary>
public sealed class AnswerPatienceTests
{
    [TestCase(0, 90)]
    [TestCase(10 * 64 * 1024, 100)]
    public async Task A_request_that_nothing_answers_is_given_up_and_one_with_content_later(int bytes, int seconds)
    {
        var time = new FakeTimeProvider();
        using var client = new HttpMessageInvoker(new S3HttpHandler(new SilentServer(), time));
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://silent.invalid/") { Content = new ByteArrayContent(new byte[bytes]) };

        var answer = client.SendAsync(request, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        await Task.Delay(20);
        Assert.That(answer.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(1));

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => answer);
        Assert.That(failure!.Message, Is.EqualTo($"No answer within {seconds} seconds."));
        Assert.That(S3Errors.IsOfStore(failure), Is.True);
    }

    [Test]
    public async Task Cancelling_is_no_failure_of_the_store()
    {
        using var client = new HttpMessageInvoker(new S3HttpHandler(new SilentServer(), new FakeTimeProvider()));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://silent.invalid/");
        using var stop = new CancellationTokenSource();

        var answer = client.SendAsync(request, stop.Token);
        await stop.CancelAsync();

        Assert.That(async () => await answer, Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>A store may ask for a minute, which is as long as a connection may bring nothing.</summary>
    [Test]
    public async Task Waiting_as_the_store_asked_is_no_stalled_connection()
    {
        var time = new FakeTimeProvider();
        RequestPace.Begin("busy.invalid", time);
        var pace = RequestPace.Of("busy.invalid");
        await pace.EnterAsync(CancellationToken.None);
        pace.Leave(isThrottled: true, TimeSpan.FromMinutes(1));
        using var client = new HttpMessageInvoker(new S3HttpHandler(new SilentServer(), time));
        using var guard = new StallGuard(CancellationToken.None, time: time);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://busy.invalid/");
        request.Options.Set(S3HttpHandler.Guard, guard);

        guard.Begin();
        var answer = client.SendAsync(request, guard.Token);
        for (var seconds = 0; seconds < 119; seconds++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        Assert.That((answer.IsCompleted, guard.HasStruck), Is.EqualTo((false, false)), "a minute for the store, and most of one for the connection");
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(guard.HasStruck, Is.True);
        Assert.That(async () => await answer, Throws.Exception);
    }

    private sealed class SilentServer : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("An infinite time has passed.");
        }
    }
}
