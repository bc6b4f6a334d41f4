using Trainctl.Diagnostics;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Watching.Looking;

/// <summary>What one look found.</summary>
/// <param name="Entries">In the order of keys; null when the look failed and nothing can be said.</param>
/// <param name="Problems">What stood in its way.</param>
internal sealed record WatchLook(IEnumerable<WatchEntry>? Entries, IReadOnlyList<WatchProblem> Problems)
{
    public static WatchLook Failed(TrainctlException failure) => new(null, [WatchProblem.Of("", failure)]);
}

/// <summary>Something that stood in the way of a look.</summary>
/// <param name="Key">Where; empty for the location as a whole.</param>
/// <param name="ErrorCode">TRAINCTL code, where it has one.</param>
/// <param name="Message">One paragraph.</param>
internal sealed record WatchProblem(string Key, string? ErrorCode, string Message)
{
    public static WatchProblem Of(string key, TrainctlException failure) => new(key, failure.Code, failure.Message);
}
