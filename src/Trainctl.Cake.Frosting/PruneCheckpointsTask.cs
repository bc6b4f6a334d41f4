using Cake.Frosting;

namespace Trainctl.Cake.Frosting;

/// <summary>The task <c>PruneCheckpoints</c>: deletes old checkpoints, as <see cref="TrainctlSettings.PruneCheckpoints"/> says.</summary>
[TaskName(TaskNames.PruneCheckpoints)]
[TaskDescription("Deletes old checkpoints.")]
public sealed class PruneCheckpointsTask : AsyncFrostingTask<ITrainctlContext>, IFrostingTask
{
    string IFrostingTask.SkippedMessage => StepOfTask.SkippedMessage;

    /// <inheritdoc/>
    public override bool ShouldRun(ITrainctlContext context) => StepOfTask.ShouldRun(context, context.Trainctl.PruneCheckpoints, TaskNames.PruneCheckpoints);

    /// <inheritdoc/>
    public override Task RunAsync(ITrainctlContext context) =>
        StepOfTask.RunAsync(context, context.Trainctl.PruneCheckpoints, TaskNames.PruneCheckpoints, context.PruneCheckpointsAsync);
}
