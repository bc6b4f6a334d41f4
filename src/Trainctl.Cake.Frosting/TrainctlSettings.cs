using Cake.Core;
using Trainctl.Checkpoints;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Staging;
using Trainctl.Training;

namespace Trainctl.Cake.Frosting;

/// <summary>
/// What Trainctl's tasks do. A build fills in the steps that it uses; each is a function, so that it is evaluated when its task runs. A step that is not
/// filled in is skipped, and an error when it is the target that was asked for.
/// </summary>
public sealed class TrainctlSettings : IDisposable
{
    private readonly CtrlC _ctrlC;

    /// <summary>Reads <c>--dry-run</c> and listens to Ctrl-C from now on.</summary>
    /// <param name="context">Cake's.</param>
    public TrainctlSettings(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        DryRun = PipelineFailure.Watch(() => ScriptArguments.ReadSwitch(context.Arguments, "dry-run"));
        _ctrlC = new CtrlC(context.Log);
    }

    /// <summary>Whether <c>--dry-run</c> was given: every step only says what it would do. A build's own tasks should honour it too.</summary>
    public bool DryRun { get; }

    /// <summary>Cancelled by Ctrl-C. A second Ctrl-C ends the process at once.</summary>
    public CancellationToken Cancellation => _ctrlC.Cancellation;

    /// <summary>What the task <c>StageData</c> brings here. Null, the default: nothing.</summary>
    public Func<StageDataSettings>? StageData { get; set; }

    /// <summary>What the task <c>RunTraining</c> runs. Null, the default: nothing, for builds that train in a task of their own.</summary>
    public Func<RunTrainingSettings>? RunTraining { get; set; }

    /// <summary>What the task <c>UploadCheckpoints</c> publishes. Null, the default: nothing.</summary>
    public Func<UploadCheckpointsSettings>? UploadCheckpoints { get; set; }

    /// <summary>What the task <c>PruneCheckpoints</c> prunes. Null, the default: nothing.</summary>
    public Func<PruneCheckpointsSettings>? PruneCheckpoints { get; set; }

    /// <summary>What the task <c>ReviewArtifacts</c> reviews. Null, the default: nothing.</summary>
    public Func<ReviewArtifactsSettings>? ReviewArtifacts { get; set; }

    /// <summary>Stops listening to Ctrl-C.</summary>
    public void Dispose() => _ctrlC.Dispose();
}
