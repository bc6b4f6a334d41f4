using Microsoft.Extensions.Time.Testing;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Retrying;

namespace Trainctl.Tests.Storage.S3.Retrying;

public sealed class RetryBudgetTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly List<string> _told = [];
    private FakeTimeProvider _time = null!;
    private RetryBudget _budget = null!;

    [SetUp]
    public void SetUp()
    {
        _told.Clear();
        _time = new FakeTimeProvider();
        _budget = new RetryBudget(_time, new WarningList(_told));
        _budget.Answered();
    }

    [Test]
    public void A_store_is_given_up_when_it_answered_nothing_well_for_two_minutes()
    {
        Fail(20, Moment);
        Assert.That(_budget.IsSpent, Is.False);

        Fail(1, RetryBudget.LongestOutage);
        Fail(1, Moment);

        Assert.That(_budget.IsSpent, Is.True);
        Assert.That(_budget.Reason, Is.EqualTo("the store has answered nothing well for 2 minutes, the last time: no answer"));
    }

    /// <summary>Parts of a gigabyte over a thin line: minutes pass between one answer and the next, and the store is well.</summary>
    [Test]
    public void A_few_failures_that_lie_far_apart_are_no_outage()
    {
        Fail(7, TimeSpan.FromMinutes(5));

        Assert.That(_budget.IsSpent, Is.False);
    }

    [Test]
    public void One_good_answer_and_all_counts_from_anew()
    {
        Fail(100, Moment);
        _budget.Answered();
        Fail(100, Moment);

        Assert.That(_budget.IsSpent, Is.False);
    }

    [Test]
    public void A_store_that_was_given_up_gets_one_request_in_ten_seconds_until_one_goes_well()
    {
        Fail(121, Moment);
        var sent = new List<bool>();
        for (var i = 0; i < 25; i++)
        {
            _time.Advance(Moment);
            sent.Add(_budget.MaySend());
        }

        Assert.That(sent.Count(static s => s), Is.EqualTo(2));

        _budget.Answered();

        Assert.That((_budget.MaySend(), _budget.MaySend(), _budget.IsSpent), Is.EqualTo((true, true, false)));
    }

    [Test]
    public void It_is_told_once_that_the_store_is_away_and_once_that_it_is_back()
    {
        Fail(40, Moment);
        _budget.Answered();
        _budget.Answered();

        Assert.That(_told, Is.EqualTo(new[]
        {
            "The store has answered nothing well for 10 seconds (no answer); it is asked for 2 minutes before the rest is given up.",
            "The store is back after 40 seconds.",
        }));
    }

    [Test]
    public void Short_outages_are_not_worth_a_word()
    {
        Fail(9, Moment);
        _budget.Answered();

        Assert.That(_told, Is.Empty);
    }

    /// <summary>When others go well in between, it is the request that fails.</summary>
    [Test]
    public void A_failure_is_the_store_s_as_long_as_nothing_goes_well()
    {
        Fail(1, Moment);
        var seen = _budget.Returns;
        Fail(1, Moment);
        Assert.That(_budget.IsOfStore(seen), Is.True);

        _budget.Answered();
        Fail(1, Moment);

        Assert.That(_budget.IsOfStore(seen), Is.False);
    }

    /// <summary>An address that is misspelt is not waited for.</summary>
    [Test]
    public void A_store_that_never_answered_is_not_away()
    {
        var budget = new RetryBudget(_time, new WarningList(_told));

        Assert.That(budget.IsOfStore(budget.Returns), Is.False);
    }

    [Test]
    public void What_failed_because_the_store_was_away_uses_up_no_attempt()
    {
        var count = default(FailureCount);

        var attempts = new[] { count.Add(FailureKind.Transient, false), count.Add(FailureKind.Unreachable, true), count.Add(FailureKind.Throttled, true), count.Add(FailureKind.Transient, false) };

        Assert.That(attempts, Is.EqualTo(new[] { 1, 1, 1, 2 }));
        Assert.That((count.Total, count.Pauses), Is.EqualTo((4, 4)));
    }

    private void Fail(int times, TimeSpan pause)
    {
        for (var i = 0; i < times; i++)
        {
            _budget.Failed("no answer");
            _time.Advance(pause);
        }
    }

    private sealed class WarningList(List<string> warnings) : ITrainctlLog
    {
        public void Debug(string message)
        {
        }

        public void Info(string message)
        {
        }

        public void Warning(string message) => warnings.Add(message);
    }
}
