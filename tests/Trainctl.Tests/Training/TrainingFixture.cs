using Trainctl.Storage.Memory;
using Trainctl.Testing.Training;

namespace Trainctl.Tests.Training;

/// <summary>A training to be run, and a store like S3, in memory.</summary>
public abstract class TrainingFixture
{
    private protected TrainerRun _run = null!;
    private protected MemoryStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _run = new TrainerRun();
        _store = new MemoryStore("s3://destination", MemoryStore.S3Traits);
    }

    [TearDown]
    public async Task TearDown()
    {
        _run.Dispose();
        await _store.DisposeAsync();
    }
}
