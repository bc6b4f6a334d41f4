using Microsoft.Build.Framework;

namespace Trainctl.MSBuild;

/// <content>What a project gives and gets.</content>
public abstract partial class TrainctlTask
{
    /// <summary>What to do: the name of an item and its metadata are settings of the engine, by their names there.</summary>
    [Required]
    public ITaskItem[] Items { get; set; } = [];

    /// <summary>Only plan, and change nothing; metadata of the same name is stronger. Default false.</summary>
    public bool DryRun { get; set; }

    /// <summary>
    /// Whether steps before this one were dry runs too: then it is no error that something is not there yet. Default false.
    /// </summary>
    public bool AfterDryRun { get; set; }

    /// <summary>What relative paths are relative to. Default: the project's folder.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>The project that errors name when an item does not tell where it comes from. Default: the file that calls the task.</summary>
    public string? ProjectFile { get; set; }

    /// <summary>As the engine's setting of that name, for items that do not give their own.</summary>
    public string? EndpointUrl { get; set; }

    /// <summary>As the engine's setting of that name, for items that do not give their own.</summary>
    public string? Region { get; set; }

    /// <summary>As the engine's setting of that name, for items that do not give their own.</summary>
    public string? Profile { get; set; }

    /// <summary>As the engine's setting of that name, for items that do not give their own.</summary>
    public string? PathStyle { get; set; }

    /// <summary>As the engine's setting of that name, for items that do not give their own.</summary>
    public string? Provider { get; set; }

    /// <summary>As the engine's setting of that name, for items that do not give their own.</summary>
    public string? CaBundle { get; set; }

    /// <summary>As the engine's setting of that name, for items that do not give their own.</summary>
    public string? Backend { get; set; }

    /// <summary>As the engine's setting of that name, for items that do not give their own.</summary>
    public string? Concurrency { get; set; }

    /// <summary>As the engine's setting of that name, for items that do not give their own.</summary>
    public string? BandwidthBytesPerSecond { get; set; }

    /// <summary>
    /// The objects that were, or in a dry run would be, changed, and those that failed, with the metadata Key, Size (bytes), Checksum, Action, Reason, Result,
    /// ErrorCode.
    /// </summary>
    [Output]
    public ITaskItem[] Objects { get; set; } = [];

    /// <summary>One item for each report, also when nothing had to be done, with the metadata Summary, Operation, DryRun, ExitCode, ObjectCount and Size (bytes).</summary>
    [Output]
    public ITaskItem[] Reports { get; set; } = [];

    private (string Name, string? Value)[] TaskSettings =>
    [
        (nameof(EndpointUrl), EndpointUrl), (nameof(Region), Region), (nameof(Profile), Profile), (nameof(PathStyle), PathStyle),
        (nameof(Provider), Provider), (nameof(CaBundle), CaBundle), (nameof(Backend), Backend), (nameof(Concurrency), Concurrency),
        (nameof(BandwidthBytesPerSecond), BandwidthBytesPerSecond),
    ];
}
