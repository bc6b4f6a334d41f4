using Cake.Frosting;

namespace Trainctl.Cake.Frosting;

/// <summary>The task <c>StageData</c>: brings the dataset here, as <see cref="TrainctlSettings.StageData"/> says.</summary>
[TaskName(TaskNames.StageData)]
[TaskDescription("Brings the dataset here.")]
public sealed class StageDataTask : AsyncFrostingTask<ITrainctlContext>, IFrostingTask
{
    string IFrostingTask.SkippedMessage => StepOfTask.SkippedMessage;

    /// <inheritdoc/>
    public override bool ShouldRun(ITrainctlContext context) => StepOfTask.ShouldRun(context, context.Trainctl.StageData, TaskNames.StageData);

    /// <inheritdoc/>
    public override Task RunAsync(ITrainctlContext context) =>
        StepOfTask.RunAsync(context, context.Trainctl.StageData, TaskNames.StageData, context.StageDataAsync);
}
