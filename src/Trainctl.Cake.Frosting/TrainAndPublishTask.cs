using Cake.Frosting;

namespace Trainctl.Cake.Frosting;

/// <summary>
/// The task <c>TrainAndPublish</c>: the whole pipeline, in the order of its dependencies. A build that trains in a task of its own hooks it in with
/// <c>[IsDependentOn(typeof(StageDataTask))]</c> and <c>[IsDependeeOf(typeof(UploadCheckpointsTask))]</c>.
/// </summary>
[TaskName(TaskNames.TrainAndPublish)]
[TaskDescription("The whole pipeline.")]
[IsDependentOn(typeof(StageDataTask))]
[IsDependentOn(typeof(RunTrainingTask))]
[IsDependentOn(typeof(UploadCheckpointsTask))]
[IsDependentOn(typeof(PruneCheckpointsTask))]
[IsDependentOn(typeof(ReviewArtifactsTask))]
public sealed class TrainAndPublishTask : AsyncFrostingTask<ITrainctlContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(ITrainctlContext context) => StepOfTask.CheckPipelineAsync(context);
}
