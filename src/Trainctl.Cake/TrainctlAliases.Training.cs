using Cake.Core;
using Cake.Core.Annotations;
using Trainctl.Training;

namespace Trainctl.Cake;

public static partial class TrainctlAliases
{
    /// <summary>Runs a training script to its end, and publishes its checkpoints meanwhile. Fails with the exit code of the script.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// RunTraining(new RunTrainingSettings
    /// {
    ///     Script = "train.py",
    ///     Arguments = ["--epochs", "50"],
    ///     Checkpoints = "checkpoints",
    ///     Upload = "s3://lab/checkpoints",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static TrainingReport RunTraining(this ICakeContext context, RunTrainingSettings settings) => RunTraining(context, settings, CancellationToken.None);

    /// <summary>Runs a training script to its end, and publishes its checkpoints meanwhile. Fails with the exit code of the script.</summary>
    /// <param name="context">The script.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="cancellationToken">Kills training at once. The first Ctrl-C does not, even with the recipe's token: it asks training to stop.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// RunTraining(new RunTrainingSettings
    /// {
    ///     Script = "train.py",
    ///     Arguments = ["--epochs", "50"],
    ///     Checkpoints = "checkpoints",
    ///     Upload = "s3://lab/checkpoints",
    /// }, Pipeline.Cancellation);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    public static TrainingReport RunTraining(this ICakeContext context, RunTrainingSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return CakeOperation.TrainAsync(context, settings, cancellationToken).GetAwaiter().GetResult();
    }
}
