using Cake.Common;
using Cake.Core;
using Cake.Frosting;
using Trainctl.Cake.Frosting;

return new CakeHost().UseTrainctl().UseContext<BuildContext>().RunPipeline(args);

public sealed class BuildContext : TrainctlContext
{
    public BuildContext(ICakeContext context)
        : base(context, "store", "epochs")
    {
        var store = context.Argument("store", "store").TrimEnd('/');
        var epochs = context.Argument("epochs", 12);

        Trainctl.StageData = () => new()
        {
            Source = "datasets/digits",
            Destination = "data/digits",
            LockFile = "datasets.lock.json",
        };
        Trainctl.RunTraining = () => new()
        {
            Script = "train.cs",
            Arguments = ["--data", "data/digits", "--output", "checkpoints", "--epochs", $"{epochs}"],
        };
        Trainctl.UploadCheckpoints = () => new() { Source = "checkpoints", Destination = $"{store}/checkpoints" };
        Trainctl.PruneCheckpoints = () => new() { Location = $"{store}/checkpoints", KeepLast = 3, KeepBest = 1, Metric = "eval_loss" };
        Trainctl.ReviewArtifacts = () => new() { Location = store, HtmlFile = "review.html" };
    }
}

[TaskName("PruneLocal")]
[TaskDescription("Deletes old checkpoints here, once they are published.")]
[IsDependentOn(typeof(UploadCheckpointsTask))]
public sealed class PruneLocalTask : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) =>
        context.PruneCheckpointsAsync(new() { Location = "checkpoints", KeepLast = 3, KeepBest = 1, Metric = "eval_loss" });
}

[TaskName("Default")]
[TaskDescription("The whole pipeline, and then the prune here.")]
[IsDependentOn(typeof(TrainAndPublishTask))]
[IsDependentOn(typeof(PruneLocalTask))]
public sealed class DefaultTask : FrostingTask;
