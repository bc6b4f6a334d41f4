using Cake.Frosting;

namespace Trainctl.Cake.Frosting;

/// <summary>The task <c>RunTraining</c>: trains, as <see cref="TrainctlSettings.RunTraining"/> says.</summary>
[TaskName(TaskNames.RunTraining)]
[TaskDescription("Trains.")]
public sealed class RunTrainingTask : AsyncFrostingTask<ITrainctlContext>, IFrostingTask
{
    string IFrostingTask.SkippedMessage => StepOfTask.SkippedMessage;

    /// <inheritdoc/>
    public override bool ShouldRun(ITrainctlContext context) => StepOfTask.ShouldRun(context, context.Trainctl.RunTraining, TaskNames.RunTraining);

    /// <inheritdoc/>
    public override Task RunAsync(ITrainctlContext context) =>
        StepOfTask.RunAsync(context, context.Trainctl.RunTraining, TaskNames.RunTraining, context.RunTrainingAsync);
}
