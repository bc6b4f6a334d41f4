using Microsoft.Extensions.Time.Testing;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Tests.Checkpoints;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>Three checkpoints in a store that can only copy, as buckets are, and an engine with a trash there.</summary>
public abstract class TrashFixture
{
    protected static readonly PruneCheckpointsSettings Prune = new() { Location = "s3://memory", KeepLast = 1, Trash = ".trash" };
    protected static readonly RestoreCheckpointsSettings Restore = new() { Location = "s3://memory" };

    private protected CatalogScene Scene { get; private set; } = null!;

    protected HookedStore Store { get; private set; } = null!;

    protected FakeTimeProvider Time { get; private set; } = null!;

    protected TrainctlEngine Engine { get; private set; } = null!;

    [SetUp]
    public void SetUp()
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2024, 6, 1, 12, 0, 0, TimeSpan.Zero));
        Scene = new CatalogScene(Time).HuggingFace("run/checkpoint-1", 1).HuggingFace("run/checkpoint-2", 2).HuggingFace("run/checkpoint-3", 3);
        Store = new HookedStore(Scene.Store);
        Engine = new(new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => Store, Time = Time });
    }

    [TearDown]
    public async Task TearDown() => await Store.DisposeAsync();

    protected static void FailAt(string key, string at)
    {
        if (key == at)
            throw new TrainctlException(TrainctlError.StoreUnavailable, "No answer.", key);
    }

    /// <summary>Every object with its content and time.</summary>
    protected async Task<string[]> ContentAsync()
    {
        var all = new List<string>();
        await foreach (var found in Scene.Store.ListAsync(new ListRequest()))
        {
            await using var stream = await Scene.Store.OpenReadAsync(found.Key);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            all.Add($"{found.Key} {found.ContentModifiedAt:O} {Convert.ToHexString(copy.ToArray())}");
        }

        return [.. all];
    }
}
