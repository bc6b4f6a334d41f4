using Cake.Frosting;

namespace Trainctl.Cake.Frosting;

/// <summary>The task <c>ReviewArtifacts</c>: says what is in the store, as <see cref="TrainctlSettings.ReviewArtifacts"/> says.</summary>
[TaskName(TaskNames.ReviewArtifacts)]
[TaskDescription("Says what is in the store.")]
public sealed class ReviewArtifactsTask : AsyncFrostingTask<ITrainctlContext>, IFrostingTask
{
    string IFrostingTask.SkippedMessage => StepOfTask.SkippedMessage;

    /// <inheritdoc/>
    public override bool ShouldRun(ITrainctlContext context) => StepOfTask.ShouldRun(context, context.Trainctl.ReviewArtifacts, TaskNames.ReviewArtifacts);

    /// <inheritdoc/>
    public override Task RunAsync(ITrainctlContext context) =>
        StepOfTask.RunAsync(context, context.Trainctl.ReviewArtifacts, TaskNames.ReviewArtifacts, context.ReviewArtifactsAsync);
}
