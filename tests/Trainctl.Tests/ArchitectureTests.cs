using Trainctl.Testing;

namespace Trainctl.Tests;

/// <summary>Which way the layers point, read from the sources.</summary>
public sealed class ArchitectureTests
{
    private static readonly string Engine = Path.Combine(Repository.Root, "src", "Trainctl");

    [Test]
    public void Only_the_S3_store_mentions_the_AWS_SDK()
    {
        var inside = Path.Combine(Engine, "Storage", "S3") + Path.DirectorySeparatorChar;

        Assert.That(FilesWith("Amazon.").Where(f => !f.StartsWith(inside, StringComparison.Ordinal)), Is.Empty);
        Assert.That(FilesWith("Amazon.").Any(f => f.StartsWith(inside, StringComparison.Ordinal)), Is.True, "the sources were not found");
    }

    [TestCase("Console.")]
    [TestCase("Environment.GetEnvironmentVariable")]
    public void The_engine_takes_nothing_from_the_process_but_through_its_host(string call) => Assert.That(FilesWith(call), Is.Empty);

    [Test]
    public void Types_of_the_AWS_SDK_are_not_public() => Assert.That(
        typeof(TrainctlEngine).Assembly.GetExportedTypes().Where(static t => t.Namespace == "Trainctl.Storage.S3"), Is.Empty);

    private static IEnumerable<string> FilesWith(string text) => Directory.EnumerateFiles(Engine, "*.cs", SearchOption.AllDirectories)
        .Where(static f => !f.Split(Path.DirectorySeparatorChar).Any(static s => s is "obj" or "bin"))
        .Where(f => File.ReadLines(f).Any(line => line.Contains(text, StringComparison.Ordinal)));
}
