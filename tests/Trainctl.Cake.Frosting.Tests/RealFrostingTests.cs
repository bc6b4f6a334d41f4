using Trainctl.Testing;

namespace Trainctl.Cake.Frosting.Tests;

/// <summary>Builds that run through the real Cake.Frosting.</summary>
[Category(RealFrosting.Category)]
public sealed class RealFrostingTests
{
    private const string EmptyContext = "public sealed class BuildContext(ICakeContext context) : TrainctlContext(context);";

    [Test]
    public async Task The_example_trains_and_publishes_and_the_second_run_moves_nothing()
    {
        RealFrosting.Require();
        var build = FrostingBuild.FromExample(isReal: true);
        await build.CompileAsync();
        var before = build.Snapshot();

        var (exitCode, output) = await build.RunAsync("--dry-run");
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(build.Snapshot(), Is.EqualTo(before));
            Assert.That(output, Does.Contain("digits.csv.gz").And.Contain("Would run train.cs by dotnet."));
        });

        (exitCode, output) = await build.RunAsync("--epochs=8");
        var store = build.Snapshot("store");
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(Directory.Exists(build.PathOf("store/checkpoints/checkpoint-368")), Is.True, "8 epochs of 46 steps");
            Assert.That(Directory.GetDirectories(build.PathOf("checkpoints")), Has.Length.InRange(3, 4), "the last 3, and the best where it is none of them");
            Assert.That(File.ReadAllText(build.PathOf("review.html")), Does.StartWith("<!doctype html>"));
        });

        (exitCode, output) = await build.RunAsync("--epochs=8");
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(output, Does.Contain("Training is already complete"));
            Assert.That(build.Snapshot("store"), Is.EqualTo(store));
        });
    }

    [Test]
    public async Task Failures_end_with_their_code_and_exit_code()
    {
        RealFrosting.Require();
        var build = FrostingBuild.FromExample(isReal: true);
        await build.CompileAsync();

        foreach (var (arguments, expected, message) in new (string[], int, string)[]
        {
            (["--stroe=x"], 2, "Error: TRAINCTL2002: there is no option --stroe. Did you mean --store?"),
            (["--dry-run=maybe"], 2, "Error: TRAINCTL2002: --dry-run is a switch"),
            (["--target=UploadCheckpoints"], 3, "Error: TRAINCTL1001: "),
            (["--target=RunTraining", "--epochs=8"], 2, "'train.cs' ended with exit code 2."),
        })
        {
            var (exitCode, output) = await build.RunAsync(arguments);
            Assert.Multiple(() =>
            {
                Assert.That(exitCode, Is.EqualTo(expected), output);
                Assert.That(output, Does.Contain(message).And.Not.Contain(" at Trainctl."));
            });
        }
    }

    [Test]
    public async Task Steps_without_settings_are_left_out_and_a_task_of_the_builds_own_trains_between()
    {
        RealFrosting.Require();
        var build = FrostingBuild.WithTypes("""
            public sealed class BuildContext : TrainctlContext
            {
                public BuildContext(ICakeContext context)
                    : base(context)
                {
                    Trainctl.StageData = () => new() { Source = "source", Destination = "data" };
                    Trainctl.UploadCheckpoints = () => new() { Source = "checkpoints", Destination = "store" };
                }
            }

            [TaskName("Train")]
            [IsDependentOn(typeof(StageDataTask))]
            [IsDependeeOf(typeof(UploadCheckpointsTask))]
            public sealed class TrainTask : FrostingTask<BuildContext>
            {
                public override void Run(BuildContext context)
                {
                    Directory.CreateDirectory("checkpoints");
                    File.Copy("data/a", "checkpoints/a");
                }
            }
            """);
        build.Write("source/a", "trained from");
        await build.CompileAsync();

        var (exitCode, output) = await build.RunAsync("--target=TrainAndPublish", "--verbosity=verbose");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(output, Does.Contain("The build's context does not say what to do here."));
            Assert.That(File.ReadAllText(build.PathOf("store/a")), Is.EqualTo("trained from"));
        });
    }

    [Test]
    public async Task A_pipeline_without_any_step_fails()
    {
        RealFrosting.Require();
        var build = FrostingBuild.WithTypes(EmptyContext);
        await build.CompileAsync();

        var (exitCode, output) = await build.RunAsync("--target=TrainAndPublish");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(2), output);
            Assert.That(output, Does.Contain("Error: TRAINCTL2002: the task TrainAndPublish does not know what to do."));
        });
    }

    [Test]
    [Platform("Unix")]
    public async Task Ctrl_C_ends_with_130_and_leaves_nothing_half_done()
    {
        RealFrosting.Require();
        var build = FrostingBuild.WithTypes($$"""
            {{EmptyContext}}

            [TaskName("Endless")]
            public sealed class EndlessTask : AsyncFrostingTask<BuildContext>
            {
                public override async Task RunAsync(BuildContext context)
                {
                    for (var round = 0; ; round++)
                    {
                        await context.RunTrainctlAsync((engine, cancellation) => engine.SyncAsync(new() { Source = "source", Destination = $"round-{round}" }, cancellation));
                        if (round == 1)
                            System.Diagnostics.Process.Start("sh", ["-c", $"kill -INT {Environment.ProcessId}"]);
                        if (round > 1)
                            Directory.Delete($"round-{round - 2}", true);
                    }
                }
            }
            """);
        var content = new string('x', 20_000_000);
        build.Write("source/a", content);
        build.Write("source/b", content);
        await build.CompileAsync();

        var (exitCode, output) = await build.RunAsync("--target=Endless");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(130), output);
            Assert.That(output, Does.Contain("Cancelling. Press Ctrl-C again").And.Contain("Error: Cancelled.").And.Not.Contain(" at Trainctl."));
            var left = Directory.GetDirectories(build.Folder, "round-*").SelectMany(static round => new DirectoryInfo(round).GetFiles()).ToArray();
            Assert.That(left.Select(static file => file.Length), Is.All.EqualTo(content.Length));
        });
    }
}
