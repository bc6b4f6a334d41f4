using Trainctl.Checkpoints;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Staging;
using Trainctl.Training;

namespace Trainctl.Cake.Frosting;

/// <summary>What Trainctl's tasks do, for tasks of a build's own. Each step honours <c>--dry-run</c> and Ctrl-C, and prints its report.</summary>
/// <remarks>A failure is a <see cref="global::Cake.Core.CakeException"/> with the TRAINCTL code in its message and the exit code of that failure.</remarks>
public static class TrainctlSteps
{
    /// <summary>Brings a dataset from a store to a folder; with a lock file, exactly the data that it records.</summary>
    /// <param name="context">The build's.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    public static Task<StageDataReport> StageDataAsync(this ITrainctlContext context, StageDataSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return context.RunTrainctlAsync((engine, cancellation) =>
            engine.StageDataAsync(settings with { DryRun = settings.DryRun || context.Trainctl.DryRun }, cancellation));
    }

    /// <summary>Runs a training script to its end, and publishes its checkpoints meanwhile. Fails with the exit code of the script.</summary>
    /// <param name="context">The build's.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed.</returns>
    public static Task<TrainingReport> RunTrainingAsync(this ITrainctlContext context, RunTrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return PipelineFailure.WatchAsync(() => CakeOperation.TrainAsync(
            context, settings with { DryRun = settings.DryRun || context.Trainctl.DryRun }, context.Trainctl.Cancellation));
    }

    /// <summary>Publishes a folder of checkpoints: data first, pointers last; skips what is already there and what is still being written.</summary>
    /// <param name="context">The build's.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed; null in a dry run of what an earlier step would have created.</returns>
    public static Task<UploadCheckpointsReport?> UploadCheckpointsAsync(this ITrainctlContext context, UploadCheckpointsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return AfterOtherStepsAsync(context, (engine, cancellation) =>
            engine.UploadCheckpointsAsync(settings with { DryRun = settings.DryRun || context.Trainctl.DryRun }, cancellation));
    }

    /// <summary>Deletes old checkpoints by whole units and keeps the last ones and the best. Files that are no checkpoint are never touched.</summary>
    /// <param name="context">The build's.</param>
    /// <param name="settings">What to do.</param>
    /// <returns>The report, already printed; null in a dry run of what an earlier step would have created.</returns>
    public static Task<PruneReport?> PruneCheckpointsAsync(this ITrainctlContext context, PruneCheckpointsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return AfterOtherStepsAsync(context, (engine, cancellation) =>
            engine.PruneCheckpointsAsync(settings with { DryRun = settings.DryRun || context.Trainctl.DryRun }, cancellation));
    }

    /// <summary>Says what is in a store: counts and sizes by kind and by run, newest and oldest, what is incomplete.</summary>
    /// <param name="context">The build's.</param>
    /// <param name="settings">What to do. In a dry run no file is written.</param>
    /// <returns>The report, already printed; null in a dry run of what an earlier step would have created.</returns>
    public static Task<ReviewReport?> ReviewArtifactsAsync(this ITrainctlContext context, ReviewArtifactsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return AfterOtherStepsAsync(context, (engine, cancellation) =>
            engine.ReviewArtifactsAsync(context.Trainctl.DryRun ? settings with { HtmlFile = null } : settings, cancellation));
    }

    /// <summary>Runs any operation of the engine in a task of the build's own. Ctrl-C cancels it; a dry run is for its settings to say.</summary>
    /// <param name="context">The build's.</param>
    /// <param name="operation">Calls one method of the engine.</param>
    /// <returns>The report, already printed.</returns>
    /// <example>
    /// <code>
    /// await context.RunTrainctlAsync((engine, cancellation) => engine.SyncAsync(
    ///     new() { Source = "logs", Destination = "s3://lab/logs", DryRun = context.Trainctl.DryRun }, cancellation));
    /// </code>
    /// </example>
    public static Task<TReport> RunTrainctlAsync<TReport>(this ITrainctlContext context, Func<TrainctlEngine, CancellationToken, Task<TReport>> operation)
        where TReport : Report
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(operation);
        return PipelineFailure.WatchAsync(() => CakeOperation.RunAsync(context, engine => operation(engine, context.Trainctl.Cancellation)));
    }

    private static async Task<TReport?> AfterOtherStepsAsync<TReport>(
        ITrainctlContext context, Func<TrainctlEngine, CancellationToken, Task<TReport>> operation)
        where TReport : Report
    {
        try
        {
            return await context.RunTrainctlAsync(operation).ConfigureAwait(false);
        }
        catch (global::Cake.Core.CakeException e) when (context.Trainctl.DryRun && EarlierSteps.WouldCreateWhatIsMissing(e))
        {
            PipelineFailure.Forget();
            EarlierSteps.Explain(context, e);
            return null;
        }
    }
}
