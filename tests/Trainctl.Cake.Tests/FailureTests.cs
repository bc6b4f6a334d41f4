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
}
