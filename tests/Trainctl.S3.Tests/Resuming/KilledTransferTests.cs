using System.Diagnostics;
using System.Globalization;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>
/// A process is killed at any moment of a transfer, from its start to its end, and another one runs after it. <c>TRAINCTL_TEST_KILL_MIB</c> is the size of
/// the object, 64 by default.
/// </summary>
public sealed class KilledTransferTests() : KillFixture(TransferBackend.BuiltIn)
{
    /// <summary>What the host is told to have on their way at once.</summary>
    private const int PartsInFlight = 4;

    /// <summary>Heads, signatures and XML of all requests of two runs.</summary>
    private const int Ceremony = 1024 * 1024;

    private static readonly long Size = (MebiBytes * 1024 * 1024) + 17;

    private static long MebiBytes =>
        long.TryParse(Environment.GetEnvironmentVariable("TRAINCTL_TEST_KILL_MIB"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 64;

    [Test]
    public async Task An_upload_that_is_killed_at_any_moment_is_gone_on_with()
    {
        await WriteAsync("from/big", Size);
        var usual = await DurationAsync("from", Remote);
        var random = new Random(1);
        for (var round = 1; round <= SearchSize.Of(4); round++)
        {
            await DeleteAsync();
            var before = Proxy.Sent;
            var moment = new Moment(usual, random, round, () => Proxy.Sent - before);
            await KillAsync("from", Remote, moment);
            var first = Proxy.Sent - before;
            Assert.That(await IsWholeOrAbsentAsync(), Is.True, "nothing half is ever visible");
            Assert.That(Folder.Files("from"), Is.EqualTo(new[] { "big" }));

            await RunToEndAsync("from", Remote);

            var all = Proxy.Sent - before;
            await TestContext.Out.WriteLineAsync($"upload {round}: killed {moment} with {Parts(first)} parts moved, {Parts(all)} parts in all");
            Assert.That(all, Is.InRange(Size, Size + (PartsInFlight * (long)PartSize) + Ceremony), "no more is sent again than what was on its way");
            Assert.That(await IsStoredWholeAsync(), Is.True);
            await AssertNothingLeftAsync("from/big");
        }
    }

    [Test]
    public async Task A_download_that_is_killed_at_any_moment_is_gone_on_with()
    {
        await WriteAsync("from/big", Size);
        await RunToEndAsync("from", Remote);
        var usual = await DurationAsync(Remote, "to");
        var random = new Random(2);
        for (var round = 1; round <= SearchSize.Of(4); round++)
        {
            Directory.Delete(Folder.Combine("to"), recursive: true);
            var before = Proxy.Received;
            var moment = new Moment(usual, random, round, () => Proxy.Received - before);
            await KillAsync(Remote, "to", moment);
            var first = Proxy.Received - before;
            Assert.That(!File.Exists(Folder.Combine("to/big")) || await IsFetchedWholeAsync(), Is.True, "nothing half is ever visible");

            await RunToEndAsync(Remote, "to");

            var all = Proxy.Received - before;
            await TestContext.Out.WriteLineAsync($"download {round}: killed {moment} with {Parts(first)} parts moved, {Parts(all)} parts in all");
            Assert.That(all, Is.InRange(Size, Size + (PartsInFlight * (long)PartSize) + Ceremony), "no more is fetched again than what was on its way");
            Assert.That(await IsFetchedWholeAsync(), Is.True);
            await AssertNothingLeftAsync("from/big", "to/big");
        }
    }

    private static string Parts(long bytes) => ((double)bytes / PartSize).ToString("f1", CultureInfo.InvariantCulture);

    private async Task<TimeSpan> DurationAsync(string from, string to)
    {
        var start = Stopwatch.GetTimestamp();
        await RunToEndAsync(from, to);
        return Stopwatch.GetElapsedTime(start);
    }

    private async Task KillAsync(string from, string to, Moment moment)
    {
        using var process = Start(from, to);
        await moment.ComeAsync(process);
        process.Kill();
        await process.WaitForExitAsync();
        // Whatever the system still has of it is on its way to the server, which must not count for the next run.
        await Proxy.IdleAsync();
    }

    private async Task DeleteAsync()
    {
        await using var store = Bucket.Open("to");
        await store.DeleteAsync([new DeleteRequest("big")]);
    }

    private async Task<bool> IsWholeOrAbsentAsync()
    {
        await using var store = Bucket.Open("to");
        return await store.HeadAsync("big") is null || await IsStoredWholeAsync();
    }

    private async Task<bool> IsStoredWholeAsync()
    {
        await using var store = Bucket.Open("to");
        await using var stream = await store.OpenReadAsync("big");
        return await IsSameAsync(stream, "from/big");
    }

    private async Task<bool> IsFetchedWholeAsync()
    {
        await using var stream = File.OpenRead(Folder.Combine("to/big"));
        return await IsSameAsync(stream, "from/big");
    }

    /// <summary>Any time of a run, or, so that the middle of it is met too on a machine with other work, any byte.</summary>
    private sealed class Moment(TimeSpan usual, Random random, int round, Func<long> moved)
    {
        private readonly TimeSpan? _time = round % 4 == 0 ? usual * random.NextDouble() * 1.1 : null;
        private readonly long _bytes = (long)(random.NextDouble() * Size);

        public async Task ComeAsync(Process process)
        {
            if (_time is { } time)
            {
                await Task.Delay(time);
                return;
            }

            while (moved() < _bytes && !process.HasExited)
                await Task.Delay(1);
        }

        public override string ToString() => _time is { } time ? $"after {time.TotalMilliseconds:f0} ms" : $"at {Parts(_bytes)} parts";
    }
}
