using Trainctl.Watching.Snapshots;

namespace Trainctl.Watching.Looking;

/// <summary>What is watched at a location: its objects, or its checkpoints.</summary>
internal interface IWatchTarget
{
    /// <summary>
    /// Looks once. What cannot be told now, because something could not be listed or read, stays in the answer as it was: it is never missing there.
    /// </summary>
    /// <param name="before">What the last look answered; empty for the first.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="Diagnostics.TrainctlException">The location could not be listed.</exception>
    Task<WatchLook> LookAsync(IEnumerable<WatchEntry> before, CancellationToken cancellationToken);
}
