// Trainctl's recipe: load it, fill in the steps of `Pipeline`, chain the tasks, and end the script with RunPipeline.
#reference "../lib/net10.0/Trainctl.Cake.dll"
#reference "../lib/net10.0/Trainctl.dll"

using Trainctl.Cake;

var Pipeline = new TrainctlPipeline(Context);

Task("StageData")
    .Description("Brings the dataset here.")
    .Does(() => Pipeline.RunStageData());

Task("UploadCheckpoints")
    .Description("Publishes the checkpoints.")
    .Does(() => Pipeline.RunUploadCheckpoints());

Task("PruneCheckpoints")
    .Description("Deletes old checkpoints.")
    .Does(() => Pipeline.RunPruneCheckpoints());

Task("ReviewArtifacts")
    .Description("Says what is in the store.")
    .Does(() => Pipeline.RunReviewArtifacts());

// Runs the target that was asked for, or this one. Further options are those of the script; any other is an error.
void RunPipeline(string defaultTarget, params string[] options)
{
    var target = Argument("target", defaultTarget);
    Pipeline.CheckArguments(target, Tasks.Select(task => task.Name), options);
    try
    {
        RunTarget(target);
    }
    catch (CakeReportException e) when (e.InnerException is CakeException { ExitCode: not 0 } cause)
    {
        // Cake would end with 1 whatever the cause.
        throw cause;
    }
    finally
    {
        Pipeline.Dispose();
    }
}
