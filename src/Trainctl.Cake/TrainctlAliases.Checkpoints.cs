using Cake.Core;
using Cake.Core.Annotations;
using Trainctl.Checkpoints;
using Trainctl.Retention;

namespace Trainctl.Cake;

public static partial class TrainctlAliases
{
    /// <summary>Publishes a folder of checkpoints: data first, pointers last; skips what is already there and what is still being written.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// UploadCheckpoints(new UploadCheckpointsSettings
    /// {
    ///     Source = "checkpoints",
    ///     Destination = "s3://lab/checkpoints",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static UploadCheckpointsReport UploadCheckpoints(this ICakeContext context, UploadCheckpointsSettings settings) =>
        UploadCheckpoints(context, settings, CancellationToken.None);

    /// <summary>Publishes a folder of checkpoints: data first, pointers last; skips what is already there and what is still being written.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// UploadCheckpoints(new UploadCheckpointsSettings
    /// {
    ///     Source = "checkpoints",
    ///     Destination = "s3://lab/checkpoints",
    /// }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static UploadCheckpointsReport UploadCheckpoints(this ICakeContext context, UploadCheckpointsSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.UploadCheckpointsAsync(settings, cancellationToken));
    }

    /// <summary>Deletes old checkpoints by whole units and keeps the last ones and the best. Files that are no checkpoint are never touched.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// PruneCheckpoints(new PruneCheckpointsSettings
    /// {
    ///     Location = "s3://lab/checkpoints",
    ///     KeepLast = 3,
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static PruneReport PruneCheckpoints(this ICakeContext context, PruneCheckpointsSettings settings) =>
        PruneCheckpoints(context, settings, CancellationToken.None);

    /// <summary>Deletes old checkpoints by whole units and keeps the last ones and the best. Files that are no checkpoint are never touched.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// PruneCheckpoints(new PruneCheckpointsSettings
    /// {
    ///     Location = "s3://lab/checkpoints",
    ///     KeepLast = 3,
    /// }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static PruneReport PruneCheckpoints(this ICakeContext context, PruneCheckpointsSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.PruneCheckpointsAsync(settings, cancellationToken));
    }
}
