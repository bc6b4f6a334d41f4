namespace Trainctl.Watching;

/// <summary>What a watch tells of a checkpoint, as it was when it was found whole.</summary>
public sealed record WatchedCheckpoint
{
    /// <summary>Which framework's layout it has, for example <c>huggingface-trainer</c>.</summary>
    public required string Layout { get; init; }

    /// <summary>The run it belongs to, see <see cref="Checkpoints.CheckpointRun.Name"/>.</summary>
    public required string Run { get; init; }

    /// <summary>Optimizer step, where the name tells it.</summary>
    public long? Step { get; init; }

    /// <summary>Epoch, where the name or the saved state tells it.</summary>
    public double? Epoch { get; init; }

    /// <summary>How many objects it has.</summary>
    public required int Objects { get; init; }

    /// <summary>Metrics at this checkpoint. Only finite numbers.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
}
