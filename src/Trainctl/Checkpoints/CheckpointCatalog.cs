using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>
/// All checkpoints below one location, of a folder or a bucket alike: read from one listing and at most one small read for each file of a checkpoint.
/// </summary>
public sealed record CheckpointCatalog
{
    /// <summary>The runs, by name.</summary>
    public required IReadOnlyList<CheckpointRun> Runs { get; init; }

    /// <summary>Everything that names a checkpoint.</summary>
    public required IReadOnlyList<CheckpointPointer> Pointers { get; init; }

    /// <summary>Objects that are neither part of a checkpoint nor a pointer: models, logs, data, anything unknown. Never deleted.</summary>
    public required IReadOnlyList<StoredObject> OtherObjects { get; init; }

    /// <summary>Objects in a trash (<see cref="Retention.PruneCheckpointsSettings.Trash"/>): neither checkpoints nor anything else.</summary>
    public IReadOnlyList<StoredObject> TrashObjects { get; init; } = [];

    /// <summary>Paths of files of Trainctl's own that the listing of a folder left out.</summary>
    internal IReadOnlyList<string> Temporaries { get; init; } = [];

    /// <summary>Things that the listing met and could not list.</summary>
    public required IReadOnlyList<ListingProblem> Problems { get; init; }

    /// <summary>
    /// What could not be read although it decides about a checkpoint: permission, network, device. Nothing may be deleted while there is one.
    /// </summary>
    public required IReadOnlyList<TrainctlException> ReadFailures { get; init; }

    /// <summary>All checkpoints of all runs.</summary>
    public IEnumerable<CheckpointUnit> Units => Runs.SelectMany(static r => r.Units);

    /// <summary>Reads a location.</summary>
    /// <param name="store">Rooted at the location.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TrainctlException">The location does not exist or could not be listed.</exception>
    public static Task<CheckpointCatalog> ReadAsync(IObjectReader store, CancellationToken cancellationToken = default) =>
        ReadAsync(store, CatalogOptions.Default, cancellationToken);

    /// <summary>Reads a location as the settings say.</summary>
    /// <exception cref="TrainctlException">Besides: a setting makes no sense.</exception>
    internal static Task<CheckpointCatalog> ReadAsync(IObjectReader store, CatalogOptions options, CancellationToken cancellationToken) =>
        new CatalogReader(store, LayoutChoice.Of(options), options.Memory).ReadAsync(cancellationToken);
}
