using System.Reflection;
using System.Runtime.CompilerServices;

namespace Trainctl.Parity.Tests;

/// <summary>What a front end does not have, each with its reason. What is listed and not needed fails a test.</summary>
internal static class Lacks
{
    /// <summary>Encryption is of what is written, and these write nothing to a store.</summary>
    private static readonly HashSet<string> WritesNothing =
    [
        "StageDataSettings", "ReviewArtifactsSettings", "ListSettings", "WatchSettings", "ListCheckpointsSettings", "VerifyCheckpointsSettings",
    ];

    private static readonly Dictionary<string, string[]> CommandArguments = new()
    {
        ["StageDataSettings"] = ["Source", "Destination"],
        ["UploadCheckpointsSettings"] = ["Source", "Destination"],
        ["PruneCheckpointsSettings"] = ["Location"],
        ["ReviewArtifactsSettings"] = ["Location"],
        ["SyncSettings"] = ["Source", "Destination"],
        ["CopySettings"] = ["Source", "Destination"],
        ["ListSettings"] = ["Location"],
        ["WatchSettings"] = ["Location"],
        ["ListCheckpointsSettings"] = ["Location"],
        ["VerifyCheckpointsSettings"] = ["Location"],
        ["RestoreCheckpointsSettings"] = ["Location"],
        ["ApplyPrunePlanSettings"] = ["PlanFile"],
        ["DoctorSettings"] = ["Location"],
        ["RunTrainingSettings"] = ["Script", "Arguments"],
    };

    /// <summary>Watching has no end, and calls back with each event: nothing for a step of a build. A store is examined by a person, or by a job before all builds.</summary>
    public static HashSet<string> Scripts { get; } = ["WatchSettings", "DoctorSettings"];

    /// <summary>A build moves data and checkpoints; looking at them, and undoing, is work at the command line, and copying is what SyncObjects does.</summary>
    public static HashSet<string> Tasks { get; } =
    [
        "CopySettings", "ListSettings", "WatchSettings", "ListCheckpointsSettings", "VerifyCheckpointsSettings", "RestoreCheckpointsSettings", "ApplyPrunePlanSettings",
        "DoctorSettings",
    ];

    /// <summary>What the command line does not ask for.</summary>
    public static IEnumerable<string> Options(RecordNames names) =>
        WritesNothing.Contains(names.Record.Name) ? ["Store.ServerSideEncryption", "Store.KmsKeyId"] : [];

    public static bool IsArgument(RecordNames names, string setting) => CommandArguments[names.Record.Name].Contains(setting);

    public static bool IsItem(RecordNames names, string setting) => IsRequired(names, setting) && setting == CommandArguments[names.Record.Name][0];

    public static bool IsRequired(RecordNames names, string setting) => names.Record.GetProperty(setting)?.GetCustomAttribute<RequiredMemberAttribute>() is not null;
}
