using Trainctl.Diagnostics;

namespace Trainctl.Cake.Tests;

public sealed class FailureTests
{
    [TestCase("""Pipeline.PruneCheckpoints = () => new() { Location = "checkpoints", KeepLast = 0 };""", "PruneCheckpoints", 2, "TRAINCTL2002")]
    [TestCase("""Pipeline.StageData = () => new() { Source = "ftp://lab/digits", Destination = "data" };""", "StageData", 2, "TRAINCTL2001")]
    [TestCase("""Pipeline.StageData = () => new() { Source = "missing", Destination = "data" };""", "StageData", 3, "TRAINCTL")]
    [TestCase("""Pipeline.UploadCheckpoints = () => new() { Source = "missing", Destination = "store" };""", "UploadCheckpoints", 3, "TRAINCTL")]
    [TestCase("", "StageData", 2, "TRAINCTL2002")]
    public async Task A_failure_is_one_paragraph_with_code_and_exit_code(string step, string target, int expectedExitCode, string code)
    {
        var repository = TrainingRepository.WithRecipe(step, target);
        repository.Write("checkpoints/checkpoint-10/model.safetensors", "not looked at");
        var before = repository.Snapshot();

        var (exitCode, output) = await repository.CakeAsync();

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(expectedExitCode), output);
            Assert.That(output, Does.Contain($"Error: {code}"));
            Assert.That(output, Does.Not.Contain(" at Trainctl.").And.Not.Contain("Exception"));
            Assert.That(repository.Snapshot(), Is.EqualTo(before));
        });
    }

    [Test]
    public async Task Failures_of_single_objects_end_with_1_after_the_rest_is_done()
    {
        var repository = TrainingRepository.WithRecipe("""Pipeline.StageData = () => new() { Source = "source", Destination = "data" };""", "StageData");
        repository.Write("source/a/b", "cannot be stored: a file is where its folder must be");
        repository.Write("source/c", "can be stored");
        repository.Write("data/a", "in the way");

        var (exitCode, output) = await repository.CakeAsync();

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(1), output);
            Assert.That(output, Does.Contain("Error: TRAINCTL").And.Not.Contain(" at Trainctl."));
            Assert.That(File.ReadAllText(repository.PathOf("data/a")), Is.EqualTo("in the way"));
            Assert.That(File.ReadAllText(repository.PathOf("data/c")), Is.EqualTo("can be stored"));
        });
    }

    [Test]
    public void No_name_of_an_object_makes_a_line_of_its_own()
    {
        var failure = CakeOperation.Failure(new TrainctlException(TrainctlError.ReadFailed, "'x\nTRAINCTL9999: forged\u001b[2K' failed"));

        Assert.That(failure.Message, Is.EqualTo("TRAINCTL1008: 'x\\u000aTRAINCTL9999: forged\\u001b[2K' failed"));
    }

    [Test]
    public async Task Missing_credentials_are_named()
    {
        var repository = TrainingRepository.WithRecipe("""Pipeline.StageData = () => new() { Source = "s3://lab/digits", Destination = "data" };""", "StageData");
        var environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(static name => name.StartsWith("AWS_", StringComparison.Ordinal))
            .ToDictionary(static name => name, static string? (_) => null);
        environment["AWS_EC2_METADATA_DISABLED"] = "true";
        environment["AWS_SHARED_CREDENTIALS_FILE"] = environment["AWS_CONFIG_FILE"] = repository.PathOf("none");
        environment["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:9";

        var (exitCode, output) = await repository.CakeAsync(environment);

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(3), output);
            Assert.That(output, Does.Contain("Error: TRAINCTL1003: No AWS credentials were found.").And.Not.Contain(" at Trainctl."));
            Assert.That(Directory.Exists(repository.PathOf("data")), Is.False);
        });
    }

    [Test]
    [Platform("Linux")]
    public async Task A_read_only_destination_is_named()
    {
        var repository = TrainingRepository.WithRecipe("""Pipeline.StageData = () => new() { Source = "source", Destination = "/sys/data" };""", "StageData");
        repository.Write("source/a", "cannot be stored, not even by root");

        var (exitCode, output) = await repository.CakeAsync();

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(1), output);
            Assert.That(output, Does.Contain("Error: TRAINCTL1002").And.Contain("'/sys/data/a'").And.Contain("read-only").And.Not.Contain(" at Trainctl."));
        });
    }

    [Test]
    [Platform("Unix")]
    public async Task Ctrl_C_ends_with_130_and_leaves_nothing_half_done()
    {
        var repository = TrainingRepository.WithRecipe(
            """
            Task("Endless").Does(() =>
            {
                for (var round = 0; ; round++)
                {
                    SyncObjects(new() { Source = "source", Destination = $"round-{round}" }, Pipeline.Cancellation);
                    if (round == 1)
                        StartAndReturnProcess("sh", new() { Arguments = $"-c \"kill -INT {Environment.ProcessId}\"" });
                    if (round > 1)
                        DeleteDirectory($"round-{round - 2}", new() { Recursive = true });
                }
            });
            """,
            "Endless");
        var content = new string('x', 20_000_000);
        repository.Write("source/a", content);
        repository.Write("source/b", content);

        var (exitCode, output) = await repository.CakeAsync();

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(130), output);
            Assert.That(output, Does.Contain("Cancelling. Press Ctrl-C again").And.Contain("Error: Cancelled.").And.Not.Contain(" at Trainctl."));
            var left = Directory.GetDirectories(repository.Folder, "round-*").SelectMany(static round => new DirectoryInfo(round).GetFiles()).ToArray();
            Assert.That(left.Select(static file => file.Name).Distinct(), Is.SubsetOf(new[] { "a", "b" }));
            Assert.That(left.Select(static file => file.Length), Is.All.EqualTo(content.Length));
        });
    }

    /// <summary>Training itself sends the signal, to the build that runs it, and saves when it gets it in turn.</summary>
    [TestCase("INT", "")]
    [TestCase("INT", ", Pipeline.Cancellation")]
    [TestCase("TERM", "")]
    [TestCase("TERM", ", Pipeline.Cancellation")]
    [Platform("Unix")]
    public async Task A_training_that_a_signal_stops_saves_and_that_is_published_and_the_build_ends(string signal, string token)
    {
        var settings = """new() { Script = "train.sh", Checkpoints = "checkpoints", Upload = "store" }""";
        var tasks = $$"""
            Task("Train").Does(() => RunTraining({{settings}}{{token}}));
            Task("Next").IsDependentOn("Train").Does(() => System.IO.File.WriteAllText("next", ""));
            """;
        var repository = token.Length > 0
            ? TrainingRepository.WithRecipe(tasks, "Next")
            : TrainingRepository.WithAddin(tasks + """RunTarget("Next");""");
        repository.Write("train.sh", $"""
            trap 'sleep 1; echo saved > checkpoints/state; exit 0' {signal}
            mkdir checkpoints
            kill -{signal} $PPID
            for i in $(seq 600); do sleep 0.1; done
            """);

        var (exitCode, output) = await repository.CakeAsync();

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(token.Length > 0 ? 130 : 1), "Cake keeps the exit code of a task for the recipe only.");
            Assert.That(File.Exists(repository.PathOf("store/state")), Is.True, output);
            Assert.That(File.Exists(repository.PathOf("next")), Is.False, output);
            Assert.That(output, Does.Contain("Training is asked to stop").And.Contain("Error: Cancelled.").And.Not.Contain(" at Trainctl."));
        });
    }

    [Test]
    [Platform("Unix")]
    public async Task A_second_Ctrl_C_kills_training()
    {
        var repository = TrainingRepository.WithAddin("""RunTraining(new() { Script = "train.sh" });""");
        repository.Write("train.sh", """
            trap 'kill -INT $PPID' INT
            kill -INT $PPID
            for i in $(seq 600); do sleep 0.1; done
            """);

        var (exitCode, output) = await repository.CakeAsync();

        Assert.That(exitCode, Is.EqualTo(130), output);
        Assert.That(output, Does.Contain("Training is killed.").And.Contain("Error: Cancelled."));
    }
}
