using Cake.Core;
using Cake.Core.Annotations;
using Trainctl.Review;

namespace Trainctl.Cake;

public static partial class TrainctlAliases
{
    /// <summary>Says what is in a store: counts and sizes by kind and by run, newest and oldest, what is incomplete.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// ReviewArtifacts(new ReviewArtifactsSettings { Location = "s3://lab/checkpoints" });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static ReviewReport ReviewArtifacts(this ICakeContext context, ReviewArtifactsSettings settings) =>
        ReviewArtifacts(context, settings, CancellationToken.None);

    /// <summary>Says what is in a store: counts and sizes by kind and by run, newest and oldest, what is incomplete.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// ReviewArtifacts(new ReviewArtifactsSettings { Location = "s3://lab/checkpoints" }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static ReviewReport ReviewArtifacts(this ICakeContext context, ReviewArtifactsSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.ReviewArtifactsAsync(settings, cancellationToken));
    }
}
