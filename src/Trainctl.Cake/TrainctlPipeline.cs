using Cake.Core;
using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Staging;

namespace Trainctl.Cake;

/// <summary>
/// What the ready tasks of the recipe do. A script fills in the steps that it uses; each is a function, so that it is evaluated when its task runs.
/// </summary>
/// <example>
/// <code>
/// #load nuget:?package=Trainctl.Cake&amp;version=0.1.0
/// Pipeline.StageData = () => new() { Source = "s3://lab/digits", Destination = "data/digits" };
/// Pipeline.UploadCheckpoints = () => new() { Source = "checkpoints", Destination = "s3://lab/checkpoints" };
/// Task("Train").IsDependentOn("StageData").IsDependeeOf("UploadCheckpoints").Does(() => StartProcess("./train.sh"));
/// RunPipeline("UploadCheckpoints");
/// </code>
/// </example>
public sealed class TrainctlPipeline : IDisposable
{
    private readonly ICakeContext _context;
    private readonly CtrlC _ctrlC;

    /// <summary>Reads <c>--dry-run</c> and listens to Ctrl-C from now on. The recipe does this; the instance is named <c>Pipeline</c> there.</summary>
    public TrainctlPipeline(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        DryRun = ScriptArguments.ReadSwitch(context.Arguments, "dry-run");
        _ctrlC = new CtrlC(context.Log);
    }

    /// <summary>Whether <c>--dry-run</c> was given: every step only says what it would do. A script's own tasks should honour it too.</summary>
    public bool DryRun { get; }

    /// <summary>Cancelled by Ctrl-C. A second Ctrl-C ends the process at once.</summary>
    public CancellationToken Cancellation => _ctrlC.Cancellation;

    /// <summary>What the task <c>StageData</c> brings here.</summary>
    public Func<StageDataSettings>? StageData { get; set; }

    /// <summary>What the task <c>UploadCheckpoints</c> publishes.</summary>
    public Func<UploadCheckpointsSettings>? UploadCheckpoints { get; set; }

    /// <summary>What the task <c>PruneCheckpoints</c> prunes.</summary>
    public Func<PruneCheckpointsSettings>? PruneCheckpoints { get; set; }

    /// <summary>What the task <c>ReviewArtifacts</c> reviews.</summary>
    public Func<ReviewArtifactsSettings>? ReviewArtifacts { get; set; }

    /// <summary>Runs the step; for the recipe.</summary>
    public void RunStageData()
    {
        var settings = Settings(StageData, nameof(StageData));
        _context.StageData(settings with { DryRun = settings.DryRun || DryRun }, Cancellation);
    }

    /// <summary>Runs the step; for the recipe.</summary>
    public void RunUploadCheckpoints()
    {
        var settings = Settings(UploadCheckpoints, nameof(UploadCheckpoints));
        RunAfterOtherSteps(() => _context.UploadCheckpoints(settings with { DryRun = settings.DryRun || DryRun }, Cancellation));
    }

    /// <summary>Runs the step; for the recipe.</summary>
    public void RunPruneCheckpoints() => Prune(Settings(PruneCheckpoints, nameof(PruneCheckpoints)));

    /// <summary>Prunes one more place in a task of the script's own, honouring <c>--dry-run</c> and Ctrl-C.</summary>
    public void Prune(PruneCheckpointsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RunAfterOtherSteps(() => _context.PruneCheckpoints(settings with { DryRun = settings.DryRun || DryRun }, Cancellation));
    }

    /// <summary>Runs the step; for the recipe.</summary>
    public void RunReviewArtifacts()
    {
        var settings = Settings(ReviewArtifacts, nameof(ReviewArtifacts));
        RunAfterOtherSteps(() => _context.ReviewArtifacts(DryRun ? settings with { HtmlFile = null } : settings, Cancellation));
    }

    /// <summary>Fails with exit code 2 when the script was given a target or an option that it does not have. Cake itself ignores unknown options.</summary>
    /// <param name="target">The target that was asked for.</param>
    /// <param name="targets">The names of all tasks.</param>
    /// <param name="options">The script's own options, without dashes.</param>
    public void CheckArguments(string target, IEnumerable<string> targets, params string[] options) =>
        ScriptArguments.Check(_context.Arguments, target, targets, options);

    /// <summary>Stops listening to Ctrl-C.</summary>
    public void Dispose() => _ctrlC.Dispose();

    private T Settings<T>(Func<T>? step, string name)
    {
        if (Cancellation.IsCancellationRequested)
            throw CakeOperation.Cancelled();
        return step is null
            ? throw new CakeException(
                ErrorCatalog.BadInput,
                $"{ErrorCatalog.Code(TrainctlError.InvalidSetting)}: the task {name} does not know what to do. Set Pipeline.{name} in the script.")
            : CakeOperation.Guard(step);
    }

    private void RunAfterOtherSteps(Func<Report> step)
    {
        try
        {
            step();
        }
        catch (CakeException e) when (DryRun && EarlierSteps.WouldCreateWhatIsMissing(e))
        {
            EarlierSteps.Explain(_context, e);
        }
    }
}
