using Microsoft.Build.Framework;
using Trainctl.Reporting;

namespace Trainctl.MSBuild;

/// <summary>One call of the engine that an item asks for.</summary>
/// <param name="Item">The item.</param>
/// <param name="IsDryRun">Whether it only plans.</param>
/// <param name="Run">The call.</param>
internal sealed record Operation(ITaskItem Item, bool IsDryRun, Func<TrainctlEngine, CancellationToken, Task<Report>> Run)
{
    /// <summary>Whether it is no error that what is looked at is not there.</summary>
    public bool MayBeMissing { get; init; }
}
