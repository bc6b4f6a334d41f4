using System.Net;
using Trainctl.Storage.S3.Retrying;

namespace Trainctl.Tests.Storage.S3.Retrying;

public sealed class StoreClockTests
{
    private StoreClock _clock = null!;

    [SetUp]
    public void SetUp() => _clock = new StoreClock(TimeProvider.System);

    [TestCase(-3 * 60)]
    [TestCase(20)]
    [TestCase(48 * 60)]
    public void A_refusal_by_a_store_with_another_time_sets_the_clock(int minutes)
    {
        _clock.Observe(Answer(HttpStatusCode.Forbidden, TimeSpan.FromMinutes(minutes)));

        Assert.That(_clock.Offset.TotalMinutes, Is.EqualTo(minutes).Within(0.1));
        Assert.That((_clock.Now - DateTimeOffset.UtcNow).TotalMinutes, Is.EqualTo(minutes).Within(0.1));
    }

    [TestCase(HttpStatusCode.OK, 60)]
    [TestCase(HttpStatusCode.NotFound, 60)]
    [TestCase(HttpStatusCode.Forbidden, 1)]
    public void Another_answer_or_a_small_difference_sets_nothing(HttpStatusCode status, int minutes)
    {
        _clock.Observe(Answer(status, TimeSpan.FromMinutes(minutes)));

        Assert.That(_clock.Offset, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void A_clock_that_was_put_right_stays_when_the_store_refuses_for_another_reason()
    {
        _clock.Observe(Answer(HttpStatusCode.Forbidden, TimeSpan.FromMinutes(30)));
        _clock.Observe(Answer(HttpStatusCode.Forbidden, TimeSpan.FromMinutes(31)));

        Assert.That(_clock.Offset.TotalMinutes, Is.EqualTo(30).Within(0.1));
    }

    /// <summary>By each good answer, whether requests had to be signed by it or not.</summary>
    [Test]
    public void The_difference_to_each_store_is_known()
    {
        _clock.Observe(AnswerOf("a.example", HttpStatusCode.OK, TimeSpan.FromDays(-20)));
        _clock.Observe(AnswerOf("b.example:9000", HttpStatusCode.NoContent, TimeSpan.FromDays(20)));
        _clock.Observe(AnswerOf("b.example:9000", HttpStatusCode.BadGateway, TimeSpan.FromDays(1)));

        Assert.That(_clock.DifferenceTo("a.example").TotalDays, Is.EqualTo(-20).Within(0.01));
        Assert.That(_clock.DifferenceTo("b.example:9000").TotalDays, Is.EqualTo(20).Within(0.01));
        Assert.That(_clock.DifferenceTo("c.example"), Is.EqualTo(TimeSpan.Zero));
        Assert.That(_clock.Offset, Is.EqualTo(TimeSpan.Zero));
    }

    private static HttpResponseMessage AnswerOf(string authority, HttpStatusCode status, TimeSpan ahead)
    {
        var answer = Answer(status, ahead);
        answer.RequestMessage = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{authority}/bucket"));
        return answer;
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, TimeSpan ahead)
    {
        var answer = new HttpResponseMessage(status);
        answer.Headers.Date = DateTimeOffset.UtcNow + ahead;
        return answer;
    }
}
