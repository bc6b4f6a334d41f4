// Takes the newest package that there is; a repository of your own names a version: &version=0.1.0
#load "nuget:?package=Trainctl.Cake&prerelease"

var store = Argument("store", "store").TrimEnd('/');

Pipeline.StageData = () => new()
{
    Source = "datasets/digits",
    Destination = "data/digits",
    LockFile = "datasets.lock.json",
};
Pipeline.UploadCheckpoints = () => new() { Source = "checkpoints", Destination = $"{store}/checkpoints" };
Pipeline.PruneCheckpoints = () => new() { Location = $"{store}/checkpoints", KeepLast = 3, KeepBest = 1, Metric = "eval_loss" };
Pipeline.ReviewArtifacts = () => new() { Location = store, HtmlFile = "review.html" };

Task("Train")
    .Description("Trains, going on from the newest checkpoint.")
    .IsDependentOn("StageData")
    .Does(() =>
    {
        var command = $"run --file train.cs -- --data data/digits --output checkpoints --epochs {Argument("epochs", 12)}";
        if (Pipeline.DryRun)
        {
            Information("Would run: dotnet {0}", command);
            return;
        }

        var exitCode = StartProcess("dotnet", command);
        if (exitCode != 0)
            throw new CakeException(exitCode, $"Training ended with exit code {exitCode}.");
    });

Task("PruneLocal")
    .Description("Deletes old checkpoints here, once they are published.")
    .IsDependentOn("UploadCheckpoints")
    .Does(() => Pipeline.Prune(new() { Location = "checkpoints", KeepLast = 3, KeepBest = 1, Metric = "eval_loss" }));

Task("TrainAndPublish")
    .Description("The whole pipeline.")
    .IsDependentOn("StageData")
    .IsDependentOn("Train")
    .IsDependentOn("UploadCheckpoints")
    .IsDependentOn("PruneCheckpoints")
    .IsDependentOn("PruneLocal")
    .IsDependentOn("ReviewArtifacts");

RunPipeline("TrainAndPublish", "store", "epochs");
