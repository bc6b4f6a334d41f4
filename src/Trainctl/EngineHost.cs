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

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How stores are opened. Replaced by tests that bring a store of their own.</summary>
    public StoreFactory OpenStore { get; init; } = StoreOpener.Open;
}

/// <summary>Opens the store that a URL names, rooted at that URL.</summary>
/// <param name="url">Absolute.</param>
/// <param name="settings">How to reach it.</param>
/// <param name="host">The process it is opened for.</param>
public delegate Storage.IObjectStore StoreFactory(Storage.ObjectUrl url, Storage.StoreSettings settings, EngineHost host);
