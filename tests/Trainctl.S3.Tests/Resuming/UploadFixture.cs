using Trainctl.Sync;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>A file of four parts and a bit, to be sent over a network that can be stopped before any of them.</summary>
public abstract class UploadFixture
{
    internal const int Size = (4 * PartedScene.PartSize) + 17;

    internal PartedScene Scene { get; private set; } = null!;

    [SetUp]
    public async Task CreateSceneAsync() => Scene = await PartedScene.CreateAsync();

    [TearDown]
    public async Task RemoveSceneAsync() => await Scene.DisposeAsync();

    /// <summary>The run sent these parts, the object is whole, and nothing is left of the way there.</summary>
    protected async Task AssertSentAsync(SyncReport report, byte[] content, params string[] requests)
    {
        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(Scene.Requests(), Is.EqualTo(requests), Scene.Said);
        Assert.That((await Scene.StoredAsync()).AsSpan().SequenceEqual(content), Is.True);
        await Scene.AssertNothingLeftAsync("big");
    }
}
