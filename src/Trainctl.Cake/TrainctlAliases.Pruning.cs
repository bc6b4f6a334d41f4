using Cake.Core;
using Cake.Core.Annotations;
using Trainctl.Retention;

namespace Trainctl.Cake;

public static partial class TrainctlAliases
{
    /// <summary>Removes the checkpoints that a plan names, as long as they are still what the plan says and nothing protects them by now.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// ApplyPrunePlan(new ApplyPrunePlanSettings
    /// {
    ///     PlanFile = "prune.json",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static PruneReport ApplyPrunePlan(this ICakeContext context, ApplyPrunePlanSettings settings) =>
        ApplyPrunePlan(context, settings, CancellationToken.None);

    /// <summary>Removes the checkpoints that a plan names, as long as they are still what the plan says and nothing protects them by now.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// ApplyPrunePlan(new ApplyPrunePlanSettings
    /// {
    ///     PlanFile = "prune.json",
    /// }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static PruneReport ApplyPrunePlan(this ICakeContext context, ApplyPrunePlanSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.ApplyPruneAsync(settings, cancellationToken));
    }

    /// <summary>Brings checkpoints back from the trash. Never replaces anything.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// RestoreCheckpoints(new RestoreCheckpointsSettings
    /// {
    ///     Location = "s3://lab/checkpoints",
    ///     Path = "run-1/checkpoint-500",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static RestoreReport RestoreCheckpoints(this ICakeContext context, RestoreCheckpointsSettings settings) =>
        RestoreCheckpoints(context, settings, CancellationToken.None);

    /// <summary>Brings checkpoints back from the trash. Never replaces anything.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// RestoreCheckpoints(new RestoreCheckpointsSettings
    /// {
    ///     Location = "s3://lab/checkpoints",
    ///     Path = "run-1/checkpoint-500",
    /// }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static RestoreReport RestoreCheckpoints(this ICakeContext context, RestoreCheckpointsSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.RestoreCheckpointsAsync(settings, cancellationToken));
    }
}
