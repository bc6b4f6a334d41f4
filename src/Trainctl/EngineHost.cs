using Trainctl.Diagnostics;
using Trainctl.Transfer;

namespace Trainctl;

/// <summary>
/// All that the engine takes from the process it runs in. Front ends fill it; tests replace any part.
/// </summary>
public sealed record EngineHost
{
    /// <summary>What relative paths are relative to. Absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Reads an environment variable; null when it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Where messages go.</summary>
    public ITrainctlLog Log { get; init; } = SilentLog.Instance;

    /// <summary>Where progress goes; null for nowhere. Called from many threads, seldom enough to be drawn.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>
    /// Where the lines go that a training script prints, of both of its streams. Null, the default: the script has this process's own streams, and with them
    /// the terminal.
    /// </summary>
    public Action<string>? ProgramOutput { get; init; }

    /// <summary>
    /// Where it is remembered how far uploads have come, so that a run that is cancelled, fails or dies is gone on with by the next one. Absolute; made
    /// when it is needed. Null, the default: nothing is remembered, and no part of an upload or a download outlives the run that moved it.
    /// <see cref="DefaultStateDirectory"/> is for front ends of people.
    /// </summary>
    public string? StateDirectory { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Measures how long connections bring nothing: another clock than that of pauses, which tests let pass faster.</summary>
    internal TimeProvider NetworkTime { get; init; } = TimeProvider.System;

    /// <summary>How stores are opened. Replaced by tests that bring a store of their own.</summary>
    public StoreFactory OpenStore { get; init; } = StoreOpener.Open;

    /// <summary>
    /// Where programs of this user keep such state: <c>TRAINCTL_STATE_DIR</c> (<c>off</c> for nowhere), else <c>trainctl</c> below
    /// <c>XDG_STATE_HOME</c> or <c>~/.local/state</c>, on Windows below <c>LOCALAPPDATA</c>. Null when none of them is set.
    /// </summary>
    /// <param name="environment">Reads an environment variable; null when it is not set.</param>
    /// <param name="workingDirectory">What a relative path in <c>TRAINCTL_STATE_DIR</c> is relative to. Absolute.</param>
    public static string? DefaultStateDirectory(Func<string, string?> environment, string workingDirectory)
    {
        if (environment("TRAINCTL_STATE_DIR") is { Length: > 0 } given)
            return given == "off" ? null : Path.GetFullPath(given, workingDirectory);
        if (OperatingSystem.IsWindows())
            return Below(environment("LOCALAPPDATA"), "trainctl");
        // The XDG specification has relative paths ignored.
        return Below(environment("XDG_STATE_HOME"), "trainctl") ?? Below(environment("HOME"), ".local/state/trainctl");

        static string? Below(string? folder, string name) => Path.IsPathFullyQualified(folder ?? "") ? Path.Join(folder, name) : null;
    }
}

/// <summary>Opens the store that a URL names, rooted at that URL.</summary>
/// <param name="url">Absolute.</param>
/// <param name="settings">How to reach it.</param>
/// <param name="host">The process it is opened for.</param>
public delegate Storage.IObjectStore StoreFactory(Storage.ObjectUrl url, Storage.StoreSettings settings, EngineHost host);
