using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Review;

/// <summary>Counts what is at a location, by kind and by run.</summary>
internal sealed class ReviewArtifacts(ReviewArtifactsSettings settings, EngineHost host, IObjectReader store)
{
    public async Task<ReviewReport> RunAsync(CancellationToken cancellationToken)
    {
        if (settings.LargestCount < 0)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"LargestCount is {settings.LargestCount}; it must be 0 or more.", nameof(settings.LargestCount));
        }

        var start = host.Time.GetTimestamp();
        var options = new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = host.Time };
        var catalog = await CheckpointCatalog.ReadAsync(store, options, cancellationToken).ConfigureAwait(false);
        var objects = catalog.Units.SelectMany(static u => u.Objects).Select(static o => Reviewed(o, ArtifactKind.Checkpoint))
            .Concat(catalog.Pointers.Where(static p => p.Stored is not null).Select(static p => Reviewed(p.Stored!, ArtifactKind.Checkpoint)))
            .Concat(catalog.OtherObjects.Select(static o => Reviewed(o, ArtifactKinds.Of(o.Key))))
            .DistinctBy(static o => o.Key)
            .OrderBy(static o => o.Key, KeyOrder.Instance)
            .ToArray();
        return new ReviewReport
        {
            Operation = "review-artifacts",
            DryRun = false,
            Duration = host.Time.GetElapsedTime(start),
            Location = store.Root.ToString(),
            Kinds =
            [
                .. objects.GroupBy(static o => o.Kind).OrderBy(static g => g.Key).Select(static g => new KindTotal(g.Key, g.LongCount(), g.Sum(static o => o.Size))),
            ],
            Runs = catalog.Runs,
            Largest = [.. objects.OrderByDescending(static o => o.Size).ThenBy(static o => o.Key, KeyOrder.Instance).Take(settings.LargestCount)],
            AllObjects = settings.Detailed ? objects : [],
            Problems = catalog.Problems,
            Notes = [.. objects.Length == 0 ? ["There is nothing here."] : (string[])[], .. catalog.ReadFailures.Select(static f => f.Message)],
        };
    }

    private static ReviewedObject Reviewed(StoredObject found, ArtifactKind kind) => new(found.Key, kind, found.Size, found.ModifiedAt);
}
