using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>Content of all sizes over an encrypted connection to the real server, on which reads and writes are cut into records.</summary>
public sealed class TlsTransferTests
{
    [Test]
    public async Task Every_byte_goes_there_and_back()
    {
        await using var bucket = await TestBucket.CreateAsync();
        using var folder = new TemporaryFolder();
        using var authority = new TestAuthority("ours");
        await using var front = new TlsFront(bucket.Endpoint.Url, authority.Issue("localhost"));
        folder.Write("ours.pem", authority.Pem);
        var random = new Random(7);
        int[] sizes = [0, 1, 16_383, 16_384, 16_385, 131_072, 1_000_000, 40_000_000, .. Enumerable.Range(0, 200).Select(_ => random.Next(60_000))];
        for (var i = 0; i < sizes.Length; i++)
        {
            var content = new byte[sizes[i]];
            random.NextBytes(content);
            folder.Write($"from/{i}", "");
            await File.WriteAllBytesAsync(folder.Combine($"from/{i}"), content);
        }

        var store = new StoreSettings { CaBundle = folder.Combine("ours.pem"), EndpointUrl = front.Address };
        var settings = new SyncSettings { Source = "from", Destination = bucket.Url(), Store = store };
        var engine = new TrainctlEngine(bucket.Host(folder));
        Assert.That((await engine.SyncAsync(settings)).ExitCode, Is.Zero);
        Assert.That((await engine.SyncAsync(settings with { Source = bucket.Url(), Destination = "to" })).ExitCode, Is.Zero);

        Assert.That(folder.Files("to"), Has.Length.EqualTo(sizes.Length));
        for (var i = 0; i < sizes.Length; i++)
            Assert.That(File.ReadAllBytes(folder.Combine($"to/{i}")).SequenceEqual(File.ReadAllBytes(folder.Combine($"from/{i}"))), $"File {i} of {sizes[i]} bytes");
    }
}
