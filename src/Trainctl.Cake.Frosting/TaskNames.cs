namespace Trainctl.Cake.Frosting;

internal static class TaskNames
{
    public const string StageData = "StageData";
    public const string RunTraining = "RunTraining";
    public const string UploadCheckpoints = "UploadCheckpoints";
    public const string PruneCheckpoints = "PruneCheckpoints";
    public const string ReviewArtifacts = "ReviewArtifacts";
    public const string TrainAndPublish = "TrainAndPublish";
}
