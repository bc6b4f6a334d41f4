using Trainctl.Storage.S3.Retrying;

namespace Trainctl.Tests.Storage.S3.Retrying;

public sealed class RetryPolicyTests
{
    [TestCase(nameof(FailureKind.Permanent), true, 1)]
    [TestCase(nameof(FailureKind.Transient), true, 8)]
    [TestCase(nameof(FailureKind.Throttled), false, 8)]
    [TestCase(nameof(FailureKind.Unreachable), false, 3)]
    [TestCase(nameof(FailureKind.Unreachable), true, 8)]
    [TestCase(nameof(FailureKind.Garbled), true, 3)]
    [TestCase(nameof(FailureKind.CredentialsExpired), true, 2)]
    public void A_request_is_sent_so_often(string kind, bool hasAnswered, int attempts)
    {
        var attempt = 1;
        while (RetryPolicy.DelayAfter(Enum.Parse<FailureKind>(kind), attempt, hasAnswered, 0.5) is not null)
            attempt++;

        Assert.That(attempt, Is.EqualTo(attempts));
    }

    [Test]
    public void The_limit_of_the_delay_doubles_up_to_the_longest()
    {
        var limits = Enumerable.Range(1, 7).Select(static attempt => RetryPolicy.DelayAfter(FailureKind.Transient, attempt, true, 1)!.Value.TotalMilliseconds);

        Assert.That(limits, Is.EqualTo([100, 200, 400, 800, 1600, 3200, 6400]));
        Assert.That(RetryPolicy.DelayAfter(FailureKind.Transient, 3, true, 0), Is.EqualTo(TimeSpan.Zero), "full jitter begins at nothing");
        Assert.That(RetryPolicy.LongestDelay, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(6400)));
    }

    /// <summary>An outage that each request asks through.</summary>
    [Test]
    public void The_delay_stays_at_the_longest_however_often_it_was_waited_for() =>
        Assert.That(RetryPolicy.DelayAfter(FailureKind.Transient, 1, true, 1, pauses: 5_000), Is.EqualTo(RetryPolicy.LongestDelay));
}
