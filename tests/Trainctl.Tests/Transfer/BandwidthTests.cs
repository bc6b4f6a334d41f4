using Microsoft.Extensions.Time.Testing;
using Trainctl.Diagnostics;
using Trainctl.Storage.S3.Http;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

/// <summary>How long bytes wait for their turn, on a clock that only the test moves.</summary>
public sealed class BandwidthTests
{
    private const int Rate = 1_000_000;

    private readonly FakeTimeProvider _time = new();

    [Test]
    public void A_tenth_of_a_second_goes_at_once_and_the_rest_waits_for_its_turn_to_the_tick()
    {
        var bandwidth = new Bandwidth(Rate, _time);

        var atOnce = Enumerable.Range(0, 3).Select(_ => Take(bandwidth, 50_000)).ToArray();
        var fourth = Take(bandwidth, 50_000);
        var fifth = Take(bandwidth, 50_000);

        Assert.That(atOnce.Select(static t => t.IsCompleted), Is.All.True);
        AssertEndsAfter(fourth, TimeSpan.FromMilliseconds(50));
        AssertEndsAfter(fifth, TimeSpan.FromMilliseconds(50));
    }

    [Test]
    public void Two_transfers_are_no_faster_together_than_one()
    {
        var bandwidth = new Bandwidth(Rate, _time);
        _ = Take(bandwidth, 100_000);

        var first = Take(bandwidth, 20_000);
        var second = Take(bandwidth, 20_000);
        var firstAgain = Take(bandwidth, 20_000);

        Assert.That(first.IsCompleted);
        AssertEndsAfter(second, TimeSpan.FromMilliseconds(20));
        AssertEndsAfter(firstAgain, TimeSpan.FromMilliseconds(20));
    }

    [Test]
    public void What_was_not_used_in_a_pause_is_not_saved_up()
    {
        var bandwidth = new Bandwidth(Rate, _time);
        _ = Take(bandwidth, 500_000);
        _time.Advance(TimeSpan.FromHours(1));

        var atOnce = Take(bandwidth, 500_000);

        Assert.That(atOnce.IsCompleted);
        AssertEndsAfter(Take(bandwidth, 1), TimeSpan.FromMilliseconds(400));
    }

    [Test]
    public async Task Whoever_is_cancelled_waits_no_longer()
    {
        var bandwidth = new Bandwidth(Rate, _time);
        _ = Take(bandwidth, Rate);
        using var cancellation = new CancellationTokenSource();
        var waiting = bandwidth.TakeAsync(1, cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>However fast the disk and the network are: what went until any moment is what the bandwidth allows until then, and hardly less.</summary>
    [Test]
    public async Task Over_any_time_as_much_goes_as_was_allowed()
    {
        for (var seed = 0; seed < SearchSize.Of(20); seed++)
        {
            var random = new Random(seed);
            var rate = random.NextInt64(Bandwidth.Least, 200 * 1024 * 1024);
            var time = new LeapingTime();
            var bandwidth = new Bandwidth(rate, time);
            var sent = 0L;
            for (var i = 0; i < 2000; i++)
            {
                var bytes = random.Next(1, bandwidth.PieceBytes + 1);
                await bandwidth.TakeAsync(bytes, CancellationToken.None);
                // A timer knows whole milliseconds only, and may be that much early.
                var elapsed = time.Elapsed.TotalSeconds;
                Assert.That(sent, Is.InRange(elapsed * rate, ((elapsed + 0.101) * rate) + 1), $"seed {seed}, piece {i}, at {elapsed} s");
                sent += bytes;
            }
        }
    }

    [TestCase(65_536)]
    [TestCase(1_000_000)]
    [TestCase(1L << 40)]
    public void Pieces_are_small_enough_that_no_connection_is_silent_for_long(long rate)
    {
        var piece = new Bandwidth(rate, _time).PieceBytes;

        Assert.That(piece, Is.InRange(4096, 65_536));
        Assert.That((double)piece / rate, Is.LessThanOrEqualTo(1.0 / 16));
    }

    /// <summary>Ten minutes for one body, in which a stalled connection would have been given up ten times.</summary>
    [Test]
    public async Task The_guard_of_stalled_connections_does_not_count_our_own_waiting()
    {
        var time = new CountingTime();
        using var stall = new StallGuard(CancellationToken.None, time: time);
        using var sent = new MemoryStream();
        await using var paced = new PacedStream(sent, new Bandwidth(Bandwidth.Least, time), stall);
        var body = new byte[600 * Bandwidth.Least];
        new Random(1).NextBytes(body);

        stall.Begin();
        var seen = time.Timers;
        var writing = paced.WriteAsync(body).AsTask();
        while (!writing.IsCompleted)
        {
            // Time passes only while the writer waits: it tells the guard first, and asks for a timer then.
            if (time.Timers == seen)
            {
                await Task.Yield();
                continue;
            }

            seen = time.Timers;
            time.Advance(TimeSpan.FromMilliseconds(63));
        }

        await writing;
        var hasStruckMeanwhile = stall.HasStruck;
        time.Advance(StallGuard.Window);

        Assert.Multiple(() =>
        {
            Assert.That(seen, Is.GreaterThan(9000));
            Assert.That(hasStruckMeanwhile, Is.False);
            Assert.That(sent.ToArray(), Is.EqualTo(body));
            Assert.That(stall.HasStruck, "after the last byte the answer is waited for");
        });
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(65_535)]
    public void Too_little_is_an_error(long limit)
    {
        var failure = Assert.Throws<TrainctlException>(() => Bandwidth.Of(new TransferSettings { BandwidthBytesPerSecond = limit }, _time));

        Assert.Multiple(() =>
        {
            Assert.That(failure.Error, Is.EqualTo(TrainctlError.InvalidSetting));
            Assert.That(failure.Message, Is.EqualTo($"BandwidthBytesPerSecond is {limit}; it must be at least 65536 (64 KiB a second)."));
        });
    }

    [Test]
    public void Nothing_is_limited_by_default() => Assert.That(Bandwidth.Of(TransferSettings.Default, _time), Is.Null);

    private static Task Take(Bandwidth bandwidth, int bytes) => bandwidth.TakeAsync(bytes, CancellationToken.None).AsTask();

    private void AssertEndsAfter(Task waiting, TimeSpan time)
    {
        _time.Advance(time - TimeSpan.FromTicks(1));
        var before = waiting.IsCompleted;
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That((before, waiting.IsCompleted), Is.EqualTo((false, true)));
    }

    /// <summary>Tells how often somebody began to wait.</summary>
    private sealed class CountingTime : FakeTimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }
    }
}
