using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>An object of five parts in a bucket, and a place to download it to.</summary>
public abstract class DownloadFixture
{
    private const int Size = (4 * PartedScene.PartSize) + 17;

    private protected PartedScene Scene { get; private set; } = null!;

    private protected byte[] Content { get; set; } = null!;

    [SetUp]
    public async Task SetUp()
    {
        Scene = await PartedScene.CreateAsync();
        Content = await ReplaceAsync(seed: 1);
    }

    [TearDown]
    public async Task TearDown() => await Scene.DisposeAsync();

    private protected string Partial() => Scene.Folder.Combine("back/" + TemporaryName.PartialOf("big"));

    private protected string Journal() => Scene.Folder.Combine("back/" + TemporaryName.JournalOf("big"));

    private protected async Task<byte[]> ReplaceAsync(int seed)
    {
        var content = Scene.Write("big", Size, seed);
        await Scene.UploadAsync();
        Scene.Requests();
        File.Delete(Scene.Folder.Combine("big"));
        return content;
    }

    private protected async Task AssertWholeAsync(SyncReport report, params string[] others)
    {
        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That((await File.ReadAllBytesAsync(Scene.Folder.Combine("back/big"))).AsSpan().SequenceEqual(Content), Is.True);
        await Scene.AssertNothingLeftAsync([.. others, "back/big"]);
    }
}
