using Cake.Core;
using Cake.Core.Annotations;
using Trainctl.Staging;

namespace Trainctl.Cake;

/// <summary>What Trainctl does in a Cake script. Each alias takes one settings record, prints the report, and returns it.</summary>
/// <remarks>A failure is a <see cref="CakeException"/> with the TRAINCTL code in its message and the exit code of that failure.</remarks>
[CakeAliasCategory("Trainctl")]
[CakeNamespaceImport("Trainctl")]
[CakeNamespaceImport("Trainctl.Cake")]
[CakeNamespaceImport("Trainctl.Checkpoints")]
[CakeNamespaceImport("Trainctl.Checkpoints.Listing")]
[CakeNamespaceImport("Trainctl.Checkpoints.Verification")]
[CakeNamespaceImport("Trainctl.Reporting")]
[CakeNamespaceImport("Trainctl.Retention")]
[CakeNamespaceImport("Trainctl.Review")]
[CakeNamespaceImport("Trainctl.Staging")]
[CakeNamespaceImport("Trainctl.Storage")]
[CakeNamespaceImport("Trainctl.Sync")]
[CakeNamespaceImport("Trainctl.Training")]
[CakeNamespaceImport("Trainctl.Transfer")]
public static partial class TrainctlAliases
{
    /// <summary>Brings a dataset from a store to a folder; with a lock file, exactly the data that it records.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// StageData(new StageDataSettings
    /// {
    ///     Source = "s3://lab/datasets/digits",
    ///     Destination = "data/digits",
    ///     LockFile = "datasets.lock.json",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static StageDataReport StageData(this ICakeContext context, StageDataSettings settings) =>
        StageData(context, settings, CancellationToken.None);

    /// <summary>Brings a dataset from a store to a folder; with a lock file, exactly the data that it records.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Stops the work; it cleans up after itself.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// StageData(new StageDataSettings
    /// {
    ///     Source = "s3://lab/datasets/digits",
    ///     Destination = "data/digits",
    ///     LockFile = "datasets.lock.json",
    /// }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static StageDataReport StageData(this ICakeContext context, StageDataSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.Run(context, engine => engine.StageDataAsync(settings, cancellationToken));
    }
}
