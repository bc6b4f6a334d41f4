using Microsoft.Extensions.Time.Testing;
using Trainctl.Transfer.Scheduling;

namespace Trainctl.Tests.Transfer.Scheduling;

/// <summary>When what was measured counts.</summary>
public sealed class AdaptivePlacesTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(10);

    private readonly FakeTimeProvider _time = new();
    private int _ceiling;

    [SetUp]
    public void SetUp() => _ceiling = 512;

    [Test]
    public async Task More_are_there_when_a_sample_is_full_and_long_enough()
    {
        var places = Create();

        await WorkAsync(places, objects: 15, AdaptivePlaces.ShortestSample);
        var soon = places.Count;
        await WorkAsync(places, objects: 1, TimeSpan.Zero);

        Assert.That((soon, places.Count), Is.EqualTo((8, 16)));
    }

    [Test]
    public async Task Many_objects_in_no_time_are_no_sample()
    {
        var places = Create();

        await WorkAsync(places, objects: 1000, TimeSpan.Zero);

        Assert.That(places.Count, Is.EqualTo(8));
    }

    /// <summary>Else the time in which nothing was listed would look like a slow store, and what was begun before like the work of the new number.</summary>
    [Test]
    public async Task What_was_begun_before_and_idle_times_do_not_count()
    {
        var places = Create();
        await WorkAsync(places, objects: 16, AdaptivePlaces.ShortestSample);

        await WorkAsync(places, objects: 16, TimeSpan.FromHours(1));
        await WorkAsync(places, objects: 10, TimeSpan.FromHours(1));
        places.Idled();
        await WorkAsync(places, objects: 32, AdaptivePlaces.ShortestSample);

        Assert.That(places.Count, Is.EqualTo(32), "twice the objects in the same time");
    }

    [Test]
    public async Task No_more_than_the_store_takes()
    {
        var places = Create();
        _ceiling = 3;

        await WorkAsync(places, objects: 16, AdaptivePlaces.ShortestSample);

        Assert.That(places.Count, Is.EqualTo(3));
    }

    /// <summary>Those that take as long as the quickest one wait for the way only; those that take longer wait for each other.</summary>
    [TestCase(19, 96)]
    [TestCase(21, 54)]
    public async Task Many_more_are_tried_where_nothing_queues(int milliseconds, int count)
    {
        var places = new AdaptivePlaces(256, _time, () => _ceiling);
        await places.EnterAsync(CancellationToken.None);
        places.Leave(1, Quick);

        for (var i = 1; i < 96; i++)
        {
            await places.EnterAsync(CancellationToken.None);
            _time.Advance(TimeSpan.FromMilliseconds(5));
            places.Leave(1, TimeSpan.FromMilliseconds(milliseconds + 0.2));
        }

        Assert.That(places.Count, Is.EqualTo(count));
    }

    /// <summary>An empty object, or one that failed at once, would make any way look long.</summary>
    [Test]
    public async Task Objects_without_content_are_no_measure_of_the_way()
    {
        var places = new AdaptivePlaces(256, _time, () => _ceiling);

        for (var i = 0; i < 96; i++)
        {
            await places.EnterAsync(CancellationToken.None);
            _time.Advance(TimeSpan.FromMilliseconds(5));
            places.Leave(i % 2, i % 2 == 0 ? TimeSpan.Zero : Quick);
        }

        Assert.That(places.Count, Is.EqualTo(96));
    }

    [Test]
    public async Task Whoever_waits_comes_in_when_there_are_more_places()
    {
        var places = Create();
        for (var i = 0; i < 8; i++)
            await places.EnterAsync(CancellationToken.None);
        var waiting = Enumerable.Range(0, 20).Select(_ => places.EnterAsync(CancellationToken.None)).ToArray();

        for (var i = 0; i < 15; i++)
            places.Leave(0, TimeSpan.Zero);
        _time.Advance(AdaptivePlaces.ShortestSample);
        places.Leave(0, TimeSpan.Zero);
        await Task.WhenAll(waiting);

        Assert.That(places.Count, Is.EqualTo(16));
    }

    /// <summary>A place that was given to somebody who has gone would be lost.</summary>
    [Test]
    public async Task Whoever_gives_up_waiting_takes_no_place()
    {
        var places = new Places(1);
        await places.EnterAsync(CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var gone = places.EnterAsync(cancellation.Token);
        var next = places.EnterAsync(CancellationToken.None);

        await cancellation.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => gone);
        places.Leave(0, TimeSpan.Zero);
        await next;

        Assert.That(places.EnterAsync(CancellationToken.None).IsCompleted, Is.False);
    }

    [Test]
    public async Task Whoever_gives_up_waiting_for_many_places_lets_those_behind_in()
    {
        var places = new Places(10);
        await places.EnterAsync(5, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var many = places.EnterAsync(6, cancellation.Token);
        var few = places.EnterAsync(5, CancellationToken.None);
        Assert.That(few.IsCompleted, Is.False, "in turn");

        await cancellation.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => many);
        await few.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.That(places.EnterAsync(1, CancellationToken.None).IsCompleted, Is.False);
    }

    private AdaptivePlaces Create() => new(64, _time, () => _ceiling, first: 8);

    private async Task WorkAsync(AdaptivePlaces places, int objects, TimeSpan duration)
    {
        for (var i = 0; i < objects; i++)
        {
            await places.EnterAsync(CancellationToken.None);
            if (i == objects - 1)
                _time.Advance(duration);
            places.Leave(1, Quick);
        }
    }
}
