using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Trainctl.Testing;
using Trainctl.Transfer.Scheduling;

namespace Trainctl.Tests.Transfer.Scheduling;

/// <summary>In which order a stream of objects is worked through, how far ahead it is read, and how it ends. An object here is its size.</summary>
public sealed class SchedulerTests
{
    private const int Small = 100;
    private const int Large = 1000;

    private readonly ConcurrentQueue<int> _begun = new();
    private int _read;

    private static Places AnyBytes => new(long.MaxValue);

    [SetUp]
    public void SetUp()
    {
        _begun.Clear();
        _read = 0;
    }

    [Test]
    public async Task The_first_begins_before_the_listing_ends()
    {
        var firstHasBegun = new TaskCompletionSource();

        await RunAsync(Listing(), (_, _) =>
        {
            firstHasBegun.TrySetResult();
            return Task.CompletedTask;
        });

        Assert.That(_begun, Is.EqualTo((int[])[1, 2]));

        async IAsyncEnumerable<int> Listing()
        {
            yield return 1;
            await firstHasBegun.Task;
            yield return 2;
        }
    }

    [Test]
    public async Task Of_what_is_known_the_largest_comes_first_and_of_equal_ones_the_first()
    {
        var isListed = new TaskCompletionSource();
        (int Size, string Name)[] items = [(1, "first"), (5, "a"), (9, "b"), (2, "c"), (9, "d"), (5, "e"), (9, "f")];
        var begun = new List<string>();

        await new Scheduler(new Places(1), AnyBytes, new Places(1)).RunAsync(Listing(), static item => item.Size, static _ => false, async (item, _) =>
        {
            begun.Add(item.Name);
            await isListed.Task;
            return item.Size;
        }, CancellationToken.None);

        Assert.That(begun, Is.EqualTo((string[])["first", "b", "d", "f", "a", "e", "c"]));

        async IAsyncEnumerable<(int Size, string Name)> Listing()
        {
            yield return items[0];
            while (begun.Count == 0)
                await Task.Yield();
            foreach (var item in items[1..])
                yield return item;
            isListed.SetResult();
        }
    }

    [Test]
    public async Task It_reads_ahead_as_far_as_the_window_and_no_further()
    {
        using var stop = new CancellationTokenSource();
        var places = new Places(3);
        var run = RunAsync(Endless(), static (_, token) => Task.Delay(Timeout.Infinite, token), places, cancellationToken: stop.Token);
        const int most = Scheduler.Window + 3;
        while (Volatile.Read(ref _read) <= most || _begun.Count < 3)
            await Task.Yield();
        for (var i = 0; i < 1000; i++)
            await Task.Yield();

        await stop.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => run);

        // One more has been read, and waits for room.
        Assert.That(_read, Is.EqualTo(most + 1));
    }

    [TestCase(Large, Small)]
    [TestCase(Small, Large)]
    public async Task Small_and_large_objects_do_not_wait_for_each_other(int stuck, int free)
    {
        var allFreeAreDone = new TaskCompletionSource();
        var left = 50;

        await RunAsync(Items([.. Enumerable.Repeat(stuck, 20), .. Enumerable.Repeat(free, 50)]), async (size, _) =>
        {
            if (size == free && Interlocked.Decrement(ref left) == 0)
                allFreeAreDone.SetResult();
            if (size == stuck)
                await allFreeAreDone.Task;
        });

        Assert.That(_begun, Has.Count.EqualTo(70));
    }

    [Test]
    public async Task No_more_bytes_of_small_objects_are_in_flight_than_there_are_places_for_and_large_ones_do_not_count()
    {
        var random = new Random(1);
        var (inFlight, most, atOnce, mostAtOnce) = (0L, 0L, 0, 0);

        await RunAsync(Items(Enumerable.Range(0, 500).Select(_ => random.Next(Large))), async (size, token) =>
        {
            lock (_begun)
            {
                most = Math.Max(most, inFlight += size);
                mostAtOnce = Math.Max(mostAtOnce, ++atOnce);
            }

            await Task.Delay(1, token);
            lock (_begun)
            {
                inFlight -= size;
                atOnce--;
            }
        }, new Places(100), bytes: new Places(2 * Large));
        await RunAsync(Items(Enumerable.Repeat(5 * Large, 10)), static (_, _) => Task.CompletedTask, bytes: new Places(1));

        Assert.Multiple(() =>
        {
            Assert.That(most, Is.InRange(Large, 2 * Large));
            Assert.That(mostAtOnce, Is.GreaterThan(2), "small ones at once");
            Assert.That(_begun, Has.Count.EqualTo(510));
        });
    }

    [Test]
    public async Task A_small_object_of_more_bytes_than_there_are_places_for_is_moved_alone()
    {
        var (atOnce, alone) = (0, 0);

        await RunAsync(Items([10, 10, 90, 10, 90, 10]), async (size, token) =>
        {
            var others = Interlocked.Increment(ref atOnce);
            if (size == 90 && others == 1)
                Interlocked.Increment(ref alone);
            await Task.Delay(5, token);
            Interlocked.Decrement(ref atOnce);
        }, bytes: new Places(40));

        Assert.That((alone, _begun.Count), Is.EqualTo((2, 6)));
    }

    [Test]
    public async Task A_stream_that_ends_while_it_waits_for_room_leaves_room_and_places_to_others()
    {
        using var stop = new CancellationTokenSource();
        var (places, bytes) = (new Places(3), new Places(Small));
        await bytes.EnterAsync(Small, CancellationToken.None);
        var run = RunAsync(Endless(), static (_, _) => Task.CompletedTask, places, bytes, stop.Token);
        while (Volatile.Read(ref _read) <= Scheduler.Window)
            await Task.Yield();
        await stop.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => run);
        Assert.That(_begun, Is.Empty);
        bytes.Release(Small);

        await RunAsync(Items([Small, Small, Small, Small]), static (_, _) => Task.CompletedTask, places, bytes: bytes);

        Assert.That(_begun, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Streams_at_the_same_time_share_the_places()
    {
        var (atOnce, most) = (0, 0);
        var scheduler = new Scheduler(new Places(2), AnyBytes, new Places(1));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => scheduler.RunAsync(Items(Enumerable.Repeat(1, 25)), static size => size, static _ => false, WorkAsync, CancellationToken.None)));

        Assert.That((most, _begun.Count), Is.EqualTo((2, 100)));

        async Task<long> WorkAsync(int size, CancellationToken cancellationToken)
        {
            lock (_begun)
                most = Math.Max(most, ++atOnce);
            _begun.Enqueue(size);
            await Task.Delay(1, cancellationToken);
            lock (_begun)
                atOnce--;
            return size;
        }
    }

    [Test]
    public async Task Cancelling_begins_nothing_more_and_ends_when_all_have_ended()
    {
        using var stop = new CancellationTokenSource();
        var ended = 0;

        var run = RunAsync(Endless(), async (_, token) =>
        {
            if (_begun.Count == 3)
                await stop.CancelAsync();
            await Assert.CatchAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, token));
            await Task.Delay(20, CancellationToken.None);
            Interlocked.Increment(ref ended);
        }, new Places(3), cancellationToken: stop.Token);

        var failure = await Assert.CatchAsync<OperationCanceledException>(() => run);
        Assert.Multiple(() =>
        {
            Assert.That(failure!.CancellationToken, Is.EqualTo(stop.Token));
            Assert.That((_begun.Count, ended), Is.EqualTo((3, 3)));
        });
    }

    [Test]
    public async Task A_listing_that_fails_ends_what_is_under_way_and_is_told()
    {
        var ended = 0;

        var failure = await Assert.ThrowsAsync<IOException>(() => RunAsync(Failing(), async (_, token) =>
        {
            await Assert.CatchAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, token));
            Interlocked.Increment(ref ended);
        }));

        Assert.That((failure!.Message, ended), Is.EqualTo(("page 2", _begun.Count)));

        async IAsyncEnumerable<int> Failing()
        {
            yield return 1;
            yield return 2;
            while (_begun.IsEmpty)
                await Task.Yield();
            throw new IOException("page 2");
        }
    }

    [Test]
    public async Task Work_that_fails_ends_the_listing_and_is_told()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(
            Endless(), (_, _) => _begun.Count == 5 ? throw new InvalidOperationException("a mistake") : Task.CompletedTask));

        Assert.That(failure!.Message, Is.EqualTo("a mistake"));
    }

    /// <summary>How long it took says nothing about how long moving takes.</summary>
    [Test]
    public async Task Places_are_told_what_was_moved_and_that_a_refused_object_was_not()
    {
        var places = new RecordingPlaces();

        await new Scheduler(places, AnyBytes, new Places(1)).RunAsync(
            Items([1, 2, 3]), static size => size, static _ => false, static (size, _) => Task.FromResult(size == 2 ? 0L : size), CancellationToken.None);

        Assert.That(places.Moved, Is.EquivalentTo((long[])[1, 0, 3]));
    }

    [Test]
    public async Task An_empty_stream_ends()
    {
        await RunAsync(Items([]), static (_, _) => Task.CompletedTask);

        Assert.That(_begun, Is.Empty);
    }

    [Test]
    public async Task Each_is_worked_on_once_whatever_the_sizes_and_the_speed()
    {
        for (var seed = 0; seed < SearchSize.Of(20); seed++)
        {
            _begun.Clear();
            var random = new Random(seed);
            var sizes = Enumerable.Range(0, random.Next(3000)).Select(_ => random.Next(2 * Large)).ToArray();
            var isSlow = random.Next(2) == 0;

            await RunAsync(Items(sizes), async (size, _) =>
            {
                if (isSlow && size % 7 == 0)
                    await Task.Yield();
            }, new Places(random.Next(1, 20)));

            Assert.That(_begun, Is.EquivalentTo(sizes), $"seed {seed}");
        }
    }

    private Task RunAsync(IAsyncEnumerable<int> items, Func<int, CancellationToken, Task> work, Places? places = null, Places? bytes = null, CancellationToken cancellationToken = default) =>
        new Scheduler(places ?? new Places(4), bytes ?? AnyBytes, new Places(2)).RunAsync(items, static size => size, static size => size >= Large, async (size, token) =>
        {
            _begun.Enqueue(size);
            await work(size, token);
            return size;
        }, cancellationToken).WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);

    private static async IAsyncEnumerable<int> Items(IEnumerable<int> sizes)
    {
        foreach (var size in sizes)
        {
            if (size % 5 == 0)
                await Task.Yield();
            yield return size;
        }
    }

    private async IAsyncEnumerable<int> Endless([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _read);
            await Task.CompletedTask;
            yield return Small;
        }
    }

    private sealed class RecordingPlaces() : Places(2)
    {
        public ConcurrentQueue<long> Moved { get; } = new();

        public override void Leave(long bytes, TimeSpan taken)
        {
            Moved.Enqueue(bytes);
            base.Leave(bytes, taken);
        }
    }
}
