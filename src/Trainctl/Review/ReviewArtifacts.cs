using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Checkpoints.Leftovers;
using Trainctl.Diagnostics;
using Trainctl.Retention;
using Trainctl.Review.Html;
using Trainctl.Storage;
using Trainctl.Storage.Folder;

namespace Trainctl.Review;

/// <summary>Looks at a location: what is there by kind and by run, how the runs are doing, what is wrong.</summary>
internal sealed class ReviewArtifacts(ReviewArtifactsSettings settings, EngineHost host, IObjectReader store)
{
    private readonly List<string> _notes = [];
    private readonly StoreTime _time = new(host, store);

    public async Task<ReviewReport> RunAsync(CancellationToken cancellationToken)
    {
        Validate();
        var start = host.Time.GetTimestamp();
        var options = new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = _time };
        var catalog = await CheckpointCatalog.ReadAsync(store, options, cancellationToken).ConfigureAwait(false);
        var stored = ObjectsOf(catalog);
        var objects = stored.Select(static s => Reviewed(s.Object, s.Kind)).ToArray();
        var leftovers = await BucketLeftovers.CountAsync(store, cancellationToken).ConfigureAwait(false);
        var finder = new DuplicateFinder(store, settings.FindDuplicates);
        var heavy = stored.Where(static s => s.Kind is ArtifactKind.Checkpoint or ArtifactKind.Model).Select(static s => s.Object);
        var duplicates = await finder.FindAsync(heavy, cancellationToken).ConfigureAwait(false);
        DanglingPointer[] dangling = [.. Dangling(catalog), .. DeadLinks.Find(catalog, LayoutChoice.Of(options))];
        var report = new ReviewReport
        {
            Operation = "review-artifacts",
            DryRun = false,
            Location = store.Root.ToString(),
            Kinds =
            [
                .. objects.GroupBy(static o => o.Kind).OrderBy(static g => g.Key).Select(static g => new KindTotal(g.Key, g.LongCount(), g.Sum(static o => o.Size))),
            ],
            Runs = catalog.Runs,
            Health = [.. catalog.Runs.Select(RunHealth.Of)],
            DanglingPointers = dangling,
            OrphanedShards = OrphanedShards.Find(catalog.OtherObjects),
            Duplicates = duplicates,
            Leftovers = leftovers,
            Growth = [.. GrowthOf(stored.Select(static s => s.Object))],
            WouldFree = Preview(catalog),
            FailedGates = [.. ReviewGates.Failures(settings, objects.Sum(static o => o.Size), leftovers, catalog, dangling)],
            Largest = [.. objects.OrderByDescending(static o => o.Size).ThenBy(static o => o.Key, KeyOrder.Instance).Take(settings.LargestCount)],
            AllObjects = settings.Detailed ? objects : [],
            Problems = catalog.Problems,
            Notes =
            [
                .. objects.Length == 0 ? ["There is nothing here."] : (string[])[],
                .. _notes, .. catalog.ReadFailures.Select(static f => f.Message), .. leftovers?.Uncounted ?? [], .. finder.Notes,
            ],
            Duration = host.Time.GetElapsedTime(start),
        };
        if (settings.HtmlFile is { } path)
        {
            var page = Encoding.UTF8.GetBytes(ReviewPage.Render(report, host.Time.GetUtcNow()));
            await LocalFile.WriteAsync(path, nameof(settings.HtmlFile), page, host, cancellationToken).ConfigureAwait(false);
        }

        return report;
    }

    private void Validate()
    {
        if (settings.LargestCount < 0)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"LargestCount is {settings.LargestCount}; it must be 0 or more.", nameof(settings.LargestCount));
        }

        if (settings.MaxTotalBytes < 0)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting, $"MaxTotalBytes is {settings.MaxTotalBytes}; it must be 0 or more, or not set.", nameof(settings.MaxTotalBytes));
        }

        settings.Policy?.Validate();
    }

    private static (StoredObject Object, ArtifactKind Kind)[] ObjectsOf(CheckpointCatalog catalog) =>
    [
        .. catalog.Units.SelectMany(static u => u.Objects).Select(static o => (Object: o, Kind: ArtifactKind.Checkpoint))
            .Concat(catalog.Pointers.Where(static p => p.Stored is not null).Select(static p => (Object: p.Stored!, Kind: ArtifactKind.Checkpoint)))
            .Concat(catalog.OtherObjects.Select(static o => (Object: o, Kind: ArtifactKinds.Of(o.Key))))
            .Concat(catalog.TrashObjects.Select(static o => (Object: o, Kind: ArtifactKind.Trash)))
            .DistinctBy(static s => s.Object.Key)
            .OrderBy(static s => s.Object.Key, KeyOrder.Instance),
    ];

    private static IEnumerable<DanglingPointer> Dangling(CheckpointCatalog catalog)
    {
        foreach (var pointer in catalog.Pointers)
        {
            if (pointer.Problem is { } problem)
                yield return new DanglingPointer(pointer.Key, problem);
            else if (pointer.Text.Length > 0 && pointer.Targets.Count == 0 && !IsNamedOtherwise(catalog, pointer))
                yield return new DanglingPointer(pointer.Key, $"names '{pointer.Text}', which is not here");
        }
    }

    /// <summary>A best checkpoint is named by its step and by a path; the path may be dead, as it is another machine's.</summary>
    private static bool IsNamedOtherwise(CheckpointCatalog catalog, CheckpointPointer pointer) =>
        pointer.Kind == PointerKind.Best && catalog.Pointers.Any(p => p.Key == pointer.Key && p.Kind == PointerKind.Best && p.Targets.Count > 0);

    private static IEnumerable<GrowthPoint> GrowthOf(IEnumerable<StoredObject> objects)
    {
        var bytes = 0L;
        foreach (var day in objects.GroupBy(static o => DateOnly.FromDateTime((o.ContentModifiedAt ?? o.ModifiedAt).UtcDateTime)).OrderBy(static g => g.Key))
        {
            bytes += day.Sum(static o => o.Size);
            yield return new GrowthPoint(day.Key, bytes);
        }
    }

    private PolicyPreview? Preview(CheckpointCatalog catalog)
    {
        if (settings.Policy is not { } policy)
            return null;
        try
        {
            var removed = RetentionEvaluator.Evaluate(catalog.Runs, catalog.Pointers, policy, _time.GetUtcNow()).Where(static d => !d.Keep).ToArray();
            return new PolicyPreview(removed.Length, removed.Sum(static d => d.Unit.Bytes));
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.MissingMetric)
        {
            _notes.Add($"The policy could not be tried. {exception.Message}");
            return null;
        }
    }

    private static ReviewedObject Reviewed(StoredObject found, ArtifactKind kind) => new(found.Key, kind, found.Size, found.ModifiedAt);
}
