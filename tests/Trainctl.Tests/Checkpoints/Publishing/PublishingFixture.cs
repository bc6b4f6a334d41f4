using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints.Publishing;

/// <summary>From a store like a disk to a store like S3.</summary>
public abstract class PublishingFixture
{
    protected static readonly UploadCheckpointsSettings Settings = new() { Source = "s3://source", Destination = "s3://destination" };
    private protected static readonly EngineHost Host = new() { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null };

    private protected CatalogScene _scene = null!;
    private protected HookedStore _source = null!;
    private protected HookedStore _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _scene = new CatalogScene();
        _source = new HookedStore(_scene.Store);
        _destination = new HookedStore(new MemoryStore("s3://destination", MemoryStore.S3Traits));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
    }

    protected static void FailOn(string key, string failing)
    {
        if (key == failing)
            throw new TrainctlException(TrainctlError.AccessDenied, "Denied.", key);
    }

    protected Task<UploadCheckpointsReport> UploadAsync(UploadCheckpointsSettings? settings = null) =>
        new UploadCheckpoints(settings ?? Settings, Host, _source, _destination).RunAsync(CancellationToken.None);
}
