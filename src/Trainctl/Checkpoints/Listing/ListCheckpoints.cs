using Trainctl.Storage;

namespace Trainctl.Checkpoints.Listing;

/// <summary>Lists checkpoints.</summary>
internal sealed class ListCheckpoints(ListCheckpointsSettings settings, EngineHost host, IObjectReader store)
{
    public async Task<ListCheckpointsReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var options = new CatalogOptions { Layout = settings.Layout, Pattern = settings.Pattern, Time = host.Time };
        var catalog = await CheckpointCatalog.ReadAsync(store, options, cancellationToken).ConfigureAwait(false);
        return new ListCheckpointsReport
        {
            Operation = "list-checkpoints",
            DryRun = false,
            Location = store.Root.ToString(),
            Runs = catalog.Runs,
            Pointers = catalog.Pointers,
            OtherObjects = catalog.OtherObjects.Count,
            Problems = catalog.Problems,
            Notes = [.. catalog.ReadFailures.Select(static f => f.Message)],
            Duration = host.Time.GetElapsedTime(start),
        };
    }
}
