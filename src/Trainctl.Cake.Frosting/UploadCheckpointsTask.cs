using Cake.Frosting;

namespace Trainctl.Cake.Frosting;

/// <summary>The task <c>UploadCheckpoints</c>: publishes the checkpoints, as <see cref="TrainctlSettings.UploadCheckpoints"/> says.</summary>
[TaskName(TaskNames.UploadCheckpoints)]
[TaskDescription("Publishes the checkpoints.")]
public sealed class UploadCheckpointsTask : AsyncFrostingTask<ITrainctlContext>, IFrostingTask
{
    string IFrostingTask.SkippedMessage => StepOfTask.SkippedMessage;

    /// <inheritdoc/>
    public override bool ShouldRun(ITrainctlContext context) => StepOfTask.ShouldRun(context, context.Trainctl.UploadCheckpoints, TaskNames.UploadCheckpoints);

    /// <inheritdoc/>
    public override Task RunAsync(ITrainctlContext context) =>
        StepOfTask.RunAsync(context, context.Trainctl.UploadCheckpoints, TaskNames.UploadCheckpoints, context.UploadCheckpointsAsync);
}
