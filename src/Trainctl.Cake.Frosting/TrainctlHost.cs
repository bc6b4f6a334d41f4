using System.Runtime.CompilerServices;
using Cake.Frosting;

namespace Trainctl.Cake.Frosting;

/// <summary>Adds Trainctl to a Frosting build.</summary>
/// <example>
/// <code>
/// return new CakeHost().UseTrainctl().UseContext&lt;BuildContext&gt;().RunPipeline(args);
/// </code>
/// </example>
public static class TrainctlHost
{
    private static readonly ConditionalWeakTable<CakeHost, object> HostsWithTasks = [];

    /// <summary>
    /// Adds the tasks StageData, RunTraining, UploadCheckpoints, PruneCheckpoints, ReviewArtifacts and TrainAndPublish. They need a context that is an
    /// <see cref="ITrainctlContext"/>. Once is enough; more often does no harm.
    /// </summary>
    /// <param name="host">The build.</param>
    /// <returns>The same host.</returns>
    public static CakeHost UseTrainctl(this CakeHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return HostsWithTasks.TryAdd(host, host) ? host.AddAssembly(typeof(TrainctlHost).Assembly) : host;
    }

    /// <summary>Runs the build as <see cref="CakeHost.Run"/> does, and ends with the exit code of the step that failed. Frosting's own is the same for all failures.</summary>
    /// <param name="host">The build.</param>
    /// <param name="args">The command line's.</param>
    /// <returns>0, or the exit code of the step of Trainctl that failed; Frosting's where something else failed.</returns>
    public static int RunPipeline(this CakeHost host, IEnumerable<string> args)
    {
        ArgumentNullException.ThrowIfNull(host);
        return PipelineFailure.ExitCodeOf(() => host.Run(args));
    }
}
