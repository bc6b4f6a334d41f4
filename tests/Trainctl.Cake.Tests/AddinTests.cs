using Trainctl.Testing;

namespace Trainctl.Cake.Tests;

public sealed class AddinTests
{
    [Test]
    public async Task Aliases_work_without_the_recipe_and_return_their_reports()
    {
        var repository = TrainingRepository.WithAddin("""
            var report = SyncObjects(new SyncSettings { Source = "logs", Destination = "copy" });
            Information("objects: {0}", report.Objects.Count);
            report = SyncObjects(new SyncSettings { Source = "logs", Destination = "copy" }, System.Threading.CancellationToken.None);
            Information("objects again: {0}", report.Objects.Count);
            CopyObjects(new CopySettings { Source = "logs", Destination = "second", Recursive = true });
            ListObjects(new ListSettings { Location = "second" });
            """);
        repository.Write("logs/{0}.txt", "braces are no format string");
        repository.Write("logs/b.txt", "b");

        var (exitCode, output) = await repository.CakeAsync();

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(output, Does.Contain("objects: 2").And.Contain("objects again: 0").And.Contain("{0}.txt"));
            Assert.That(File.Exists(repository.PathOf("second/b.txt")), Is.True);
        });
    }

    [Test]
    public async Task A_training_is_run_and_what_it_saved_is_published_listed_and_verified()
    {
        var repository = TrainingRepository.WithAddin("""
            RunTraining(new RunTrainingSettings { Script = "dotnet", Arguments = ["--version"], Checkpoints = "checkpoints", Upload = "store" });
            Information("listed: {0}", ListCheckpoints(new ListCheckpointsSettings { Location = "store" }).Runs.Sum(run => run.Units.Count));
            Information("verified: {0}", VerifyCheckpoints(new VerifyCheckpointsSettings { Location = "store" }).Units[0].Result);
            RunTraining(new RunTrainingSettings { Script = "dotnet", Arguments = ["no-such-command"] });
            """);
        repository.Write("checkpoints/checkpoint-1/trainer_state.json", """{"global_step":1}""");
        repository.Write("checkpoints/checkpoint-1/config.json", "{}");
        File.WriteAllBytes(repository.PathOf("checkpoints/checkpoint-1/model.safetensors"), ModelFile.Safetensors());

        var (exitCode, output) = await repository.CakeAsync();

        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Contain("listed: 1").And.Contain("verified: Proven"));
            Assert.That((exitCode, output), Is.EqualTo((1, output)), "the script's own exit code");
            Assert.That(output, Does.Contain("'dotnet' ended with exit code 1."));
        });
    }
}
