namespace Trainctl.Testing.Pruning;

/// <summary>In which state a job left its run of five checkpoints.</summary>
public enum RunForm
{
    /// <summary>All are whole.</summary>
    Whole,

    /// <summary>The job was killed in the middle of the newest one's last data file: what it writes afterwards is not there, and no pointer knows of it.</summary>
    NewestTruncated,

    /// <summary>The third has lost a file without which it is not whole.</summary>
    MiddleBroken,
}
