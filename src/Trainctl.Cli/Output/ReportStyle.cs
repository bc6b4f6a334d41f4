namespace Trainctl.Cli.Output;

/// <summary>What a command is run for.</summary>
internal enum ReportStyle
{
    /// <summary>For what it does: a quiet one says nothing.</summary>
    Work,

    /// <summary>For what it tells: that is printed even when it is to be quiet.</summary>
    Answer,
}
