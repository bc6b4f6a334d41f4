using Cake.Core;
using Trainctl.Diagnostics;

namespace Trainctl.Cake.Frosting;

/// <summary>Takes a task's settings from the context. Knows nothing of Frosting, and so can be tested without it.</summary>
internal static class StepOfTask
{
    public const string SkippedMessage = "The build's context does not say what to do here.";

    /// <summary>A step without settings is left out of a pipeline; asked for by name it is run, to say what it misses.</summary>
    public static bool ShouldRun<TSettings>(ITrainctlContext context, Func<TSettings>? settings, string name) =>
        settings is not null || context.Arguments.GetArguments("target").Contains(name, StringComparer.OrdinalIgnoreCase);

    public static Task<TReport> RunAsync<TSettings, TReport>(
        ITrainctlContext context, Func<TSettings>? settings, string name, Func<TSettings, Task<TReport>> run) =>
        PipelineFailure.WatchAsync(() => run(Evaluate(context, settings, name)));

    /// <summary>Refuses a pipeline that would do nothing at all and call that a success.</summary>
    public static Task CheckPipelineAsync(ITrainctlContext context)
    {
        var trainctl = context.Trainctl;
        if (trainctl is { StageData: null, RunTraining: null, UploadCheckpoints: null, PruneCheckpoints: null, ReviewArtifacts: null })
            PipelineFailure.Watch(() => throw NoSettings(TaskNames.TrainAndPublish, "one of the steps"));
        return Task.CompletedTask;
    }

    private static TSettings Evaluate<TSettings>(ITrainctlContext context, Func<TSettings>? settings, string name)
    {
        if (context.Trainctl.Cancellation.IsCancellationRequested)
            throw CakeOperation.Cancelled();
        return CakeOperation.Guard(settings ?? throw NoSettings(name, $"Trainctl.{name}"));
    }

    private static CakeException NoSettings(string task, string missing) => new(
        ErrorCatalog.BadInput,
        $"{ErrorCatalog.Code(TrainctlError.InvalidSetting)}: the task {task} does not know what to do. Set {missing} in the build's context.");
}
