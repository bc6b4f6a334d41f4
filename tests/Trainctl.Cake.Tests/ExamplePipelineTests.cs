namespace Trainctl.Cake.Tests;

public sealed class ExamplePipelineTests
{
    [Test]
    public async Task Trains_and_publishes_and_the_second_run_moves_nothing()
    {
        var repository = TrainingRepository.FromExample();

        var (exitCode, output) = await repository.CakeAsync("--target=TrainAndPublish", "--epochs=8");
        Assert.That(exitCode, Is.Zero, output);
        var store = repository.Snapshot("store");
        var data = repository.Snapshot("data");
        Assert.Multiple(() =>
        {
            Assert.That(File.Exists(repository.PathOf("datasets.lock.json")), Is.True, output);
            Assert.That(data, Is.Not.Empty);
            Assert.That(File.ReadAllText(repository.PathOf("review.html")), Does.StartWith("<!doctype html>").And.Contain("checkpoint-368"));
            var published = Directory.GetDirectories(repository.PathOf("store/checkpoints"), "checkpoint-*");
            Assert.That(published, Has.Length.InRange(3, 4), "the last 3, and the best where it is none of them");
            Assert.That(published.Select(Path.GetFileName), Does.Contain("checkpoint-368"), "8 epochs of 46 steps");
            Assert.That(output, Does.Match(@"checkpoint-\d+ +\d+ +complete .* keep .*best by eval_loss \("));
        });

        (exitCode, output) = await repository.CakeAsync("--target=TrainAndPublish", "--epochs=8");
        Assert.That(exitCode, Is.Zero, output);
        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Contain("Training is already complete"));
            Assert.That(repository.Snapshot("store"), Is.EqualTo(store));
            Assert.That(repository.Snapshot("data"), Is.EqualTo(data));
        });

        using (var newest = File.OpenWrite(repository.PathOf("checkpoints/checkpoint-368/model.safetensors")))
            newest.SetLength(newest.Length / 2);
        (exitCode, output) = await repository.CakeAsync("--target=TrainAndPublish", "--epochs=9");
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(output, Does.Contain("Resumed from checkpoints/checkpoint-322: epoch 7 of 9 is done"));
            Assert.That(Directory.GetDirectories(repository.PathOf("store/checkpoints")).Select(Path.GetFileName), Does.Contain("checkpoint-414"));
        });
    }

    [TestCase("--dry-run")]
    [TestCase("--dryrun")]
    public async Task A_dry_run_changes_nothing(string option)
    {
        var repository = TrainingRepository.FromExample();
        var before = repository.Snapshot();

        var (exitCode, output) = await repository.CakeAsync("--target=TrainAndPublish", option);

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(repository.Snapshot(), Is.EqualTo(before));
        });
        if (option == "--dry-run")
            Assert.That(output, Does.Contain("digits.csv.gz").And.Contain("Would run: dotnet run --file train.cs"));
    }

    [TestCase("--target=TrainAndPubish", "there is no target 'TrainAndPubish'. Did you mean TrainAndPublish?")]
    [TestCase("--stroe=s3://lab", "there is no option --stroe. Did you mean --store?")]
    [TestCase("--dry-run=maybe", "--dry-run is a switch; 'maybe' is not one of true and false")]
    public async Task Misspelt_arguments_are_errors(string argument, string message)
    {
        var repository = TrainingRepository.FromExample();
        var before = repository.Snapshot();

        var (exitCode, output) = await repository.CakeAsync(argument);

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(2), output);
            Assert.That(output, Does.Contain($"TRAINCTL2002: {message}"));
            Assert.That(repository.Snapshot(), Is.EqualTo(before));
        });
    }
}
