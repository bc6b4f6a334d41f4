using Trainctl.Checkpoints;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Training;

/// <summary>Runs a training script, and publishes its checkpoints while it runs.</summary>
public sealed record RunTrainingSettings
{
    /// <summary>
    /// The script: a <c>.py</c>, <c>.cs</c>, <c>.ps1</c> or <c>.sh</c> file, a compiled .NET program (<c>.dll</c>), or anything executable; also the name of a
    /// program on <c>PATH</c>. Relative to the host's working directory, in which it runs.
    /// </summary>
    public required string Script { get; init; }

    /// <summary>What the script is given, word by word. Never printed or reported: it may hold secrets.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The folder that the script writes its checkpoints to; it need not exist yet. Needed for <see cref="Upload"/>.</summary>
    public ObjectUrl? Checkpoints { get; init; }

    /// <summary>Where checkpoints are published while training runs. Null: the script is run, and nothing else.</summary>
    public ObjectUrl? Upload { get; init; }

    /// <summary>
    /// Time between two looks at <see cref="Checkpoints"/>. Default 2 s, at least 10 ms. A checkpoint is published when two looks found it complete and the same.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the last publishing may take once training has ended. Default 5 min; zero leaves it out.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long training may go on after it was asked to stop; then it is killed with all processes that it started. Default 1 min.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How many checkpoints that the script has deleted before they were published are kept on the disk for it, newest first. Default 3; 0 keeps none. It is
    /// done with hard links beside <see cref="Checkpoints"/>: they take no space before the script deletes, and the space of one checkpoint each afterwards.
    /// </summary>
    public int MaxHeldCheckpoints { get; init; } = 3;

    /// <summary>As <see cref="UploadCheckpointsSettings.IncludeOtherFiles"/>: files that belong to no checkpoint, published when training has ended. Default true.</summary>
    public bool IncludeOtherFiles { get; init; } = true;

    /// <summary>As <see cref="UploadCheckpointsSettings.Layout"/>. Null: all layouts.</summary>
    public string? Layout { get; init; }

    /// <summary>As <see cref="UploadCheckpointsSettings.Pattern"/>. Null: only known layouts.</summary>
    public CheckpointPattern? Pattern { get; init; }

    /// <summary>As <see cref="UploadCheckpointsSettings.StorageClass"/>. Null: the store's default.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Whether nothing is run or published: the settings are checked, the script is found, and the report says what would run. Default false.</summary>
    public bool DryRun { get; init; }

    /// <summary>How to reach the store.</summary>
    public StoreSettings Store { get; init; } = StoreSettings.Default;

    /// <summary>How much happens at once.</summary>
    public TransferSettings Transfer { get; init; } = TransferSettings.Default;

    /// <summary>Without <see cref="Arguments"/>: a record prints all of its properties, and this one is printed in logs.</summary>
    public override string ToString() => $"{nameof(RunTrainingSettings)} {{ Script = {Script}, Checkpoints = {Checkpoints}, Upload = {Upload} }}";
}
