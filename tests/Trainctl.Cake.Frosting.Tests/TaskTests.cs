using Cake.Core;
using Trainctl.Diagnostics;

namespace Trainctl.Cake.Frosting.Tests;

/// <summary>How a task finds its step, without Frosting.</summary>
public sealed class TaskTests
{
    [TestCase("TrainAndPublish", false)]
    [TestCase("prunecheckpoints", true)]
    public void A_step_without_settings_is_left_out_unless_it_was_asked_for(string target, bool shouldRun)
    {
        using var build = new BuildOnCakeCore(("target", target));

        Assert.That(StepOfTask.ShouldRun(build, build.Trainctl.PruneCheckpoints, TaskNames.PruneCheckpoints), Is.EqualTo(shouldRun));
    }

    [Test]
    public void A_step_with_settings_is_run()
    {
        using var build = new BuildOnCakeCore(("target", "TrainAndPublish"));
        build.Trainctl.PruneCheckpoints = () => new() { Location = "checkpoints", KeepLast = 1 };

        Assert.That(StepOfTask.ShouldRun(build, build.Trainctl.PruneCheckpoints, TaskNames.PruneCheckpoints), Is.True);
    }

    [Test]
    public async Task Asked_for_without_settings_it_says_what_is_missing()
    {
        using var build = new BuildOnCakeCore(("target", "StageData"));

        var failure = await Assert.ThrowsAsync<CakeException>(() => StepOfTask.RunAsync(build, build.Trainctl.StageData, TaskNames.StageData, build.StageDataAsync));

        Assert.Multiple(() =>
        {
            Assert.That(failure.ExitCode, Is.EqualTo(ErrorCatalog.BadInput));
            Assert.That(failure.Message, Is.EqualTo("TRAINCTL2002: the task StageData does not know what to do. Set Trainctl.StageData in the build's context."));
        });
    }

    [Test]
    public async Task Bad_settings_are_an_error_of_the_task_that_evaluates_them()
    {
        using var build = new BuildOnCakeCore();
        build.Trainctl.StageData = static () => new() { Source = "ftp://lab/digits", Destination = "data" };

        var failure = await Assert.ThrowsAsync<CakeException>(() => StepOfTask.RunAsync(build, build.Trainctl.StageData, TaskNames.StageData, build.StageDataAsync));

        Assert.That(failure.Message, Does.StartWith("TRAINCTL2001"));
    }

    [Test]
    public void A_pipeline_without_any_step_is_refused()
    {
        using var build = new BuildOnCakeCore();

        var failure = Assert.Throws<CakeException>(() => StepOfTask.CheckPipelineAsync(build).GetAwaiter().GetResult());

        Assert.That(failure.ExitCode, Is.EqualTo(ErrorCatalog.BadInput));
    }

    [Test]
    public void A_switch_that_is_neither_true_nor_false_is_refused()
    {
        var failure = Assert.Throws<CakeException>(static () => new BuildOnCakeCore(("dry-run", "maybe")).Dispose());

        Assert.That(failure.ExitCode, Is.EqualTo(ErrorCatalog.BadInput));
    }

    [Test]
    public void A_build_ends_with_the_exit_code_of_the_step_that_failed()
    {
        static int Fail(int exitCode)
        {
            try
            {
                PipelineFailure.Watch(() => throw new CakeException(exitCode, "failed"));
            }
            catch (CakeException)
            {
                // As Frosting does.
            }

            return -1;
        }

        Assert.Multiple(static () =>
        {
            Assert.That(PipelineFailure.ExitCodeOf(static () => Fail(4)), Is.EqualTo(4));
            Assert.That(PipelineFailure.ExitCodeOf(static () => -1), Is.EqualTo(-1), "another build's failure is not remembered");
            Assert.That(PipelineFailure.ExitCodeOf(static () => Fail(4) + 1), Is.Zero, "a failure that the build went on after");
        });
    }
}
