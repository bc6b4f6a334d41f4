namespace Trainctl.Checkpoints;

/// <summary>Words for people.</summary>
internal static class CheckpointText
{
    public static string State(CheckpointState state) => state switch
    {
        CheckpointState.Complete => "complete",
        CheckpointState.Incomplete => "incomplete",
        _ => "in flight",
    };
}
