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
}
