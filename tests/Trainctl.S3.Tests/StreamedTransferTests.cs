using System.Security.Cryptography;
using Trainctl.Reporting;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.S3.Tests;

/// <summary>Objects of some MiB go through as they come and are never whole in memory, whichever way they go.</summary>
[NonParallelizable]
public sealed class StreamedTransferTests
{
    private const int Count = 12;
    private const int Size = 7 * 1024 * 1024;

    /// <summary>For requests, reports and blocks; one object is larger.</summary>
    private const long Memory = 6 * 1024 * 1024;

    private TestBucket _bucket = null!;
    private TemporaryFolder _folder = null!;

    private string Remote(string folder) => $"s3://{_bucket.Name}/{folder}/";

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        for (var i = 0; i < Count; i++)
            await File.WriteAllBytesAsync(_folder.Write($"from/{i:00}.bin", ""), RandomNumberGenerator.GetBytes(Size + i));
        // What is made once in a process is made before anything is counted.
        await RunAsync("from", Remote("warm"));
        await RunAsync(Remote("warm"), "warm");
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task They_take_less_memory_than_one_of_them()
    {
        var up = await AllocatedAsync("from", Remote("to"));
        var down = await AllocatedAsync(Remote("to"), "back");
        var near = await AllocatedAsync("back", "copy");

        Assert.Multiple(() =>
        {
            Assert.That(up, Is.LessThan(Memory));
            Assert.That(down, Is.LessThan(Memory));
            Assert.That(near, Is.LessThan(Memory));
        });
        foreach (var path in Directory.GetFiles(_folder.Combine("from")))
            Assert.That(await File.ReadAllBytesAsync(_folder.Combine("copy/" + Path.GetFileName(path))), Is.EqualTo(await File.ReadAllBytesAsync(path)));
    }

    private async Task<long> AllocatedAsync(string source, string destination)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await RunAsync(source, destination);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private async Task RunAsync(string source, string destination)
    {
        var report = await new TrainctlEngine(_bucket.Host(_folder)).SyncAsync(new SyncSettings { Source = source, Destination = destination });
        Assert.That((report.ExitCode, report.Objects.Count), Is.EqualTo((0, Count)), FailureSummary.Of(report));
    }
}
