using System.Diagnostics;
using System.Globalization;
using Amazon.S3.Model;
using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>
/// A process is killed at any moment of a transfer, from its start to its end, and another one runs after it. <c>TRAINCTL_TEST_KILL_MIB</c> is the size of
/// the object, 64 by default.
/// </summary>
public sealed class KilledTransferTests
{
    private const int PartSize = 5 * 1024 * 1024;

    /// <summary>What the host is told to have on their way at once.</summary>
    private const int PartsInFlight = 4;

    /// <summary>Heads, signatures and XML of all requests of two runs.</summary>
    private const int Ceremony = 1024 * 1024;

    private static readonly long Size = (MebiBytes * 1024 * 1024) + 17;

    private TestBucket _bucket = null!;
    private TemporaryFolder _folder = null!;
    private CountingProxy _proxy = null!;

    private static long MebiBytes =>
        long.TryParse(Environment.GetEnvironmentVariable("TRAINCTL_TEST_KILL_MIB"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 64;

    private string Remote => $"s3://{_bucket.Name}/to/";

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        _proxy = new CountingProxy(_bucket.Endpoint.Url);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _proxy.DisposeAsync();
        _folder.Dispose();
        foreach (var upload in await UploadsAsync())
            await _bucket.Client.AbortMultipartUploadAsync(_bucket.Name, upload.Key, upload.UploadId);
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task An_upload_that_is_killed_at_any_moment_is_gone_on_with()
    {
        await WriteAsync("from/big");
        var usual = await DurationAsync("from", Remote);
        var random = new Random(1);
        for (var round = 1; round <= SearchSize.Of(4); round++)
        {
            await DeleteAsync();
            var before = _proxy.Sent;
            var moment = new Moment(usual, random, round, () => _proxy.Sent - before);
            await KillAsync("from", Remote, moment);
            var first = _proxy.Sent - before;
            Assert.That(await IsWholeOrAbsentAsync(), Is.True, "nothing half is ever visible");
            Assert.That(_folder.Files("from"), Is.EqualTo(new[] { "big" }));

            await RunToEndAsync("from", Remote);

            var all = _proxy.Sent - before;
            await TestContext.Out.WriteLineAsync($"upload {round}: killed {moment} with {Parts(first)} parts moved, {Parts(all)} parts in all");
            Assert.That(all, Is.InRange(Size, Size + (PartsInFlight * (long)PartSize) + Ceremony), "no more is sent again than what was on its way");
            Assert.That(await IsStoredWholeAsync(), Is.True);
            await AssertNothingLeftAsync("from/big");
        }
    }

    [Test]
    public async Task A_download_that_is_killed_at_any_moment_is_gone_on_with()
    {
        await WriteAsync("from/big");
        await RunToEndAsync("from", Remote);
        var usual = await DurationAsync(Remote, "to");
        var random = new Random(2);
        for (var round = 1; round <= SearchSize.Of(4); round++)
        {
            Directory.Delete(_folder.Combine("to"), recursive: true);
            var before = _proxy.Received;
            var moment = new Moment(usual, random, round, () => _proxy.Received - before);
            await KillAsync(Remote, "to", moment);
            var first = _proxy.Received - before;
            Assert.That(!File.Exists(_folder.Combine("to/big")) || await IsFetchedWholeAsync(), Is.True, "nothing half is ever visible");

            await RunToEndAsync(Remote, "to");

            var all = _proxy.Received - before;
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

    private async Task RunToEndAsync(string from, string to)
    {
        using var process = Start(from, to);
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, error);
    }

    private async Task KillAsync(string from, string to, Moment moment)
    {
        using var process = Start(from, to);
        await moment.ComeAsync(process);
        process.Kill();
        await process.WaitForExitAsync();
        // Whatever the system still has of it is on its way to the server, which must not count for the next run.
        await _proxy.IdleAsync();
    }

    private Process Start(string from, string to)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Join(AppContext.BaseDirectory, "Trainctl.TransferHost.dll"), from, to, _folder.Combine("state"), $"{PartSize}"])
        {
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        var host = _bucket.Host(_folder.Path, new() { ["AWS_ENDPOINT_URL_S3"] = _proxy.Address });
        foreach (var name in (string[])["AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"])
            start.Environment[name] = host.Environment(name);
        return Process.Start(start)!;
    }

    private async Task WriteAsync(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(path))!);
        await using var file = File.Create(_folder.Combine(path));
        var random = new Random(7);
        var buffer = new byte[1024 * 1024];
        for (var left = Size; left > 0; left -= buffer.Length)
        {
            random.NextBytes(buffer);
            await file.WriteAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
        }
    }

    private async Task DeleteAsync()
    {
        await using var store = _bucket.Open("to");
        await store.DeleteAsync([new DeleteRequest("big")]);
    }

    private async Task<bool> IsWholeOrAbsentAsync()
    {
        await using var store = _bucket.Open("to");
        return await store.HeadAsync("big") is null || await IsStoredWholeAsync();
    }

    private async Task<bool> IsStoredWholeAsync()
    {
        await using var store = _bucket.Open("to");
        await using var stream = await store.OpenReadAsync("big");
        return await IsSameAsync(stream);
    }

    private async Task<bool> IsFetchedWholeAsync()
    {
        await using var stream = File.OpenRead(_folder.Combine("to/big"));
        return await IsSameAsync(stream);
    }

    private async Task<bool> IsSameAsync(Stream stream)
    {
        await using var original = File.OpenRead(_folder.Combine("from/big"));
        var (x, y) = (new byte[1024 * 1024], new byte[1024 * 1024]);
        while (true)
        {
            var read = await original.ReadAtLeastAsync(x, x.Length, throwOnEndOfStream: false);
            if (await stream.ReadAtLeastAsync(y, y.Length, throwOnEndOfStream: false) != read || !x.AsSpan(0, read).SequenceEqual(y.AsSpan(0, read)))
                return false;
            if (read < x.Length)
                return true;
        }
    }

    private async Task<IReadOnlyList<MultipartUpload>> UploadsAsync() =>
        (await _bucket.Client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _bucket.Name, Prefix = "to/big" })).MultipartUploads ?? [];

    private async Task AssertNothingLeftAsync(params string[] files)
    {
        var uploads = await UploadsAsync();
        Assert.Multiple(() =>
        {
            Assert.That(_folder.Files(), Is.EqualTo(files));
            Assert.That(uploads, Is.Empty);
        });
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
