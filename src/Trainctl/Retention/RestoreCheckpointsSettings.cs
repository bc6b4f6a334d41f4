using Trainctl.Storage;

namespace Trainctl.Retention;

/// <summary>Brings checkpoints back from the trash that <see cref="PruneCheckpointsSettings.Trash"/> moved them to. Never replaces anything.</summary>
public sealed record RestoreCheckpointsSettings
{
    /// <summary>Where the checkpoints were: the location of the prune.</summary>
    public required ObjectUrl Location { get; init; }

    /// <summary>The trash below the location. Default <c>.trash</c>.</summary>
    public string Trash { get; init; } = ".trash";

    /// <summary>Only this checkpoint, or those below this path. Null: all.</summary>
    public string? Path { get; init; }

    /// <summary>
    /// The folder of the trash to take them from, for example <c>20240601T120000Z</c>. Null: the newest one that has a whole checkpoint that was asked for.
    /// </summary>
    public string? At { get; init; }

    /// <summary>Only say what would be restored.</summary>
    public bool DryRun { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;
}
