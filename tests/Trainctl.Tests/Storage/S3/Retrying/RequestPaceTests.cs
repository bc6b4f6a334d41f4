using Microsoft.Extensions.Time.Testing;
using Trainctl.Storage.S3.Retrying;
using Trainctl.Testing.Faults;

namespace Trainctl.Tests.Storage.S3.Retrying;

public sealed class RequestPaceTests
{
    [Test]
    public async Task Half_of_what_was_in_flight_is_left_and_it_grows_again()
    {
        var pace = new RequestPace(new FakeTimeProvider());
        await EnterAsync(pace, 16);

        pace.Leave(isThrottled: true);
        Assert.That(pace.Limit, Is.EqualTo(8));
        for (var i = 0; i < 15; i++)
            pace.Leave(isThrottled: i < 5);

        Assert.That(pace.Limit, Is.EqualTo(9), "answers of one burst count once, and eight good ones raise the limit by one");
    }

    [Test]
    public async Task Beyond_the_limit_requests_wait_and_none_is_forgotten()
    {
        var pace = new RequestPace(new FakeTimeProvider());
        await EnterAsync(pace, 4);
        pace.Leave(isThrottled: true);
        Assert.That(pace.Limit, Is.EqualTo(2));

        var highest = 0;
        var inFlight = 3;
        var waiting = Enumerable.Range(0, 50).Select(async _ =>
        {
            await pace.EnterAsync(CancellationToken.None);
            var now = Interlocked.Increment(ref inFlight);
            InterlockedMax(ref highest, now);
            await Task.Yield();
            Interlocked.Decrement(ref inFlight);
            pace.Leave(isThrottled: false);
        }).ToArray();
        Assert.That(waiting.Count(static w => w.IsCompleted), Is.Zero);
        for (var i = 0; i < 3; i++)
        {
            Interlocked.Decrement(ref inFlight);
            pace.Leave(isThrottled: false);
        }

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(highest, Is.LessThanOrEqualTo(pace.Limit));
    }

    [Test]
    public async Task A_time_that_the_store_names_is_waited_for()
    {
        var time = new LeapingTime();
        var pace = new RequestPace(time);
        await EnterAsync(pace, 1);
        pace.Leave(isThrottled: true, TimeSpan.FromMilliseconds(300));

        await pace.EnterAsync(CancellationToken.None);

        Assert.That(time.Elapsed, Is.EqualTo(TimeSpan.FromMilliseconds(300)));
    }

    [TestCase(-1)]
    [TestCase(1)]
    public async Task A_clock_that_is_set_meanwhile_makes_the_time_neither_longer_nor_shorter(int hours)
    {
        var time = new SetClock();
        var pace = new RequestPace(time);
        await EnterAsync(pace, 1);
        var start = time.GetTimestamp();
        pace.Leave(isThrottled: true, TimeSpan.FromMilliseconds(300));

        time.Set(TimeSpan.FromHours(hours));
        await pace.EnterAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(time.GetElapsedTime(start), Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(300)));
    }

    [Test]
    public async Task A_clock_that_is_set_back_does_not_keep_the_limit_from_being_lowered()
    {
        var time = new SetClock();
        var pace = new RequestPace(time);
        await EnterAsync(pace, 16);
        pace.Leave(isThrottled: true);

        time.Set(TimeSpan.FromHours(-1));
        await Task.Delay(250);
        pace.Leave(isThrottled: true);

        Assert.That(pace.Limit, Is.EqualTo(4));
    }

    [Test]
    public async Task One_that_gives_up_waiting_takes_no_place()
    {
        var pace = new RequestPace(new FakeTimeProvider());
        await EnterAsync(pace, 2);
        pace.Leave(isThrottled: true);
        using var impatience = new CancellationTokenSource();
        var impatient = pace.EnterAsync(impatience.Token).AsTask();
        var patient = pace.EnterAsync(CancellationToken.None).AsTask();

        await impatience.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => impatient);
        pace.Leave(isThrottled: false);

        await patient.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(patient.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task One_that_is_woken_and_gives_up_while_the_store_wants_a_pause_wakes_another()
    {
        var time = new FakeTimeProvider();
        var pace = new RequestPace(time);
        await EnterAsync(pace, 4);
        pace.Leave(isThrottled: true);
        using var impatience = new CancellationTokenSource();
        var impatient = pace.EnterAsync(impatience.Token).AsTask();
        var patient = pace.EnterAsync(CancellationToken.None).AsTask();
        pace.Leave(isThrottled: false);
        // Wakes the first one, which then finds that it has to wait for the store.
        pace.Leave(isThrottled: true, TimeSpan.FromSeconds(10));
        await Task.Delay(50);

        await impatience.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => impatient);
        for (var i = 0; i < 50 && !patient.IsCompleted; i++)
        {
            await Task.Delay(10);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(patient.IsCompletedSuccessfully, Is.True);
    }

    private static async Task EnterAsync(RequestPace pace, int count)
    {
        for (var i = 0; i < count; i++)
            await pace.EnterAsync(CancellationToken.None);
    }

    private static void InterlockedMax(ref int highest, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref highest)) < value && Interlocked.CompareExchange(ref highest, value, seen) != seen)
        {
        }
    }
}
