using Cake.Core;
using Cake.Core.Annotations;
using Trainctl.Checkpoints.Listing;
using Trainctl.Checkpoints.Verification;

namespace Trainctl.Cake;

public static partial class TrainctlAliases
{
    /// <summary>Lists checkpoints with their layout, step, state and metrics, and looks into each whether it is whole.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// ListCheckpoints(new ListCheckpointsSettings { Location = "s3://lab/checkpoints" });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static ListCheckpointsReport ListCheckpoints(this ICakeContext context, ListCheckpointsSettings settings) => ListCheckpoints(context, settings, CancellationToken.None);

    /// <summary>Lists checkpoints with their layout, step, state and metrics, and looks into each whether it is whole.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// ListCheckpoints(new ListCheckpointsSettings { Location = "s3://lab/checkpoints" }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static ListCheckpointsReport ListCheckpoints(this ICakeContext context, ListCheckpointsSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.ListCheckpointsAsync(settings, cancellationToken));
    }

    /// <summary>Reads checkpoints and compares every byte with what was recorded when they were published. Fails when one is damaged or incomplete.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// VerifyCheckpoints(new VerifyCheckpointsSettings { Location = "s3://lab/checkpoints" });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static VerifyCheckpointsReport VerifyCheckpoints(this ICakeContext context, VerifyCheckpointsSettings settings) => VerifyCheckpoints(context, settings, CancellationToken.None);

    /// <summary>Reads checkpoints and compares every byte with what was recorded when they were published. Fails when one is damaged or incomplete.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// VerifyCheckpoints(new VerifyCheckpointsSettings { Location = "s3://lab/checkpoints" }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static VerifyCheckpointsReport VerifyCheckpoints(this ICakeContext context, VerifyCheckpointsSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.VerifyCheckpointsAsync(settings, cancellationToken));
    }
}
