using System.Globalization;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;
using Trainctl.Sync;

namespace Trainctl.Benchmarks.Scale;

/// <summary>One operation whose memory is measured against the number of objects.</summary>
/// <param name="Name">For the child process.</param>
/// <param name="Text">For the table.</param>
/// <param name="Source">Makes the store that is read, of so many objects.</param>
/// <param name="Destination">Makes the other one.</param>
/// <param name="Run">Does it.</param>
/// <param name="MaxObjects">More than this the stores themselves cannot hold.</param>
internal sealed record Scenario(
    string Name,
    string Text,
    Func<ObjectUrl, int, Task<IObjectStore>> Source,
    Func<ObjectUrl, int, Task<IObjectStore>> Destination,
    Func<TrainctlEngine, Task<Report>> Run,
    int MaxObjects = int.MaxValue)
{
    private const int Storable = 100_000;

    public static readonly ObjectUrl From = ObjectUrl.Parse("s3://from");
    public static readonly ObjectUrl To = ObjectUrl.Parse("s3://to");

    private static readonly SyncSettings Sync = new() { Source = From, Destination = To };
    private static readonly SyncSettings DrySync = Sync with { DryRun = true };

    public static readonly Scenario[] All =
    [
        new("sync-equal", "sync, nothing to do", Generated, Generated, static async e => await e.SyncAsync(Sync)),
        new("sync-equal-dry", "sync, nothing to do, dry run", Generated, Generated, static async e => await e.SyncAsync(DrySync)),
        new("sync-equal-memory", "the same on memory stores", FilledStore.DatasetAsync, FilledStore.DatasetAsync, static async e => await e.SyncAsync(DrySync), Storable),
        new("sync-surplus", "sync, all but one only at the destination, none deleted", One, Generated, static async e => await e.SyncAsync(Sync)),
        new("list-level", "list one level", Generated, None, static async e => await e.ListAsync(new ListSettings { Location = From })),
        new("list", "list all (a row for each object)", Generated, None, static async e => await e.ListAsync(new ListSettings { Location = From, Recursive = true })),
        new("list-entries", "list all, entry by entry", Generated, None, EnumerateAsync),
        new("sync-new", "sync, all new, dry run (a row for each object)", Generated, None, static async e => await e.SyncAsync(DrySync)),
        Prune("prune", "checkpoints of 3 objects in runs of 100", CheckpointShape.ManyRuns),
        Prune("prune-one-run", "checkpoints of 3 objects in one run", CheckpointShape.OneRun),
        Prune("prune-files", "checkpoints of one file in one folder", CheckpointShape.OneFolderOfFiles),
    ];

    /// <summary>Numbers of objects, or of checkpoints, to measure when nobody says any.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [10_000, 100_000, 1_000_000];

    private static async Task<Report> EnumerateAsync(TrainctlEngine engine)
    {
        var settings = new ListSettings { Location = From, Recursive = true };
        var objects = 0L;
        await foreach (var entry in engine.EnumerateAsync(settings))
            objects += entry.Objects;
        return new ListReport
        {
            Operation = "list", DryRun = false, Duration = TimeSpan.Zero, Location = From.ToString(), Entries = [], Notes = [objects.ToString(CultureInfo.InvariantCulture)],
        };
    }

    private static Scenario Prune(string name, string text, CheckpointShape shape) => new(
        name,
        $"prune, dry run, {text} (a row for each checkpoint and each object that goes)",
        (root, count) => Task.FromResult<IObjectStore>(new GeneratedCheckpoints(root, shape, count)),
        None,
        static async e => await e.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = From, KeepLast = 3, DryRun = true }))
    {
        Counts = [1_000, 10_000, 100_000],
    };

    private static Task<IObjectStore> Generated(ObjectUrl root, int count) => Task.FromResult<IObjectStore>(new GeneratedStore(root, count));

    private static Task<IObjectStore> One(ObjectUrl root, int count) => Generated(root, 1);

    private static Task<IObjectStore> None(ObjectUrl root, int count) => Generated(root, 0);
}
