using System.Text.Json;

namespace Trainctl.MSBuild.Tests;

/// <summary>What <c>-getItem</c> prints.</summary>
public sealed class OutputItemTests
{
    [Test]
    public async Task Items_are_printed_also_when_nothing_had_to_be_done()
    {
        var project = new PipelineProject(PipelineProject.Pipeline);

        var first = await ItemsAsync(project, "-p:Count=4");
        var second = await ItemsAsync(project, "-p:Count=0");

        Assert.Multiple(() =>
        {
            Assert.That(Of(first, "StagedObject", "Key"), Is.EqualTo(["digits.csv"]));
            Assert.That(Of(first, "PrunedObject", "Result"), Is.Not.Empty.And.All.EqualTo("Done"));
            Assert.That(Of(first, "TrainctlReport", "ExitCode"), Has.Length.EqualTo(6).And.All.EqualTo("0"));
            foreach (var none in (string[])["StagedObject", "UploadedObject", "PrunedObject"])
                Assert.That(Of(second, none, "Key"), Is.Empty, none);
            Assert.That(Of(second, "TrainctlReport", "Operation"), Is.EqualTo(Of(first, "TrainctlReport", "Operation")));
            Assert.That(Of(second, "TrainctlReport", "Summary"), Has.Some.Contains("2 checkpoints unchanged").And.Some.Contains("0 checkpoints removed"));
        });
    }

    private static async Task<JsonElement> ItemsAsync(PipelineProject project, string count)
    {
        var (exitCode, output) = await project.BuildAsync(
            "-t:TrainAndPublish", "-getItem:StagedObject,TrainedObject,UploadedObject,PrunedObject,ReviewedObject,TrainctlReport", count);
        Assert.That(exitCode, Is.Zero, output);
        return JsonDocument.Parse(output).RootElement.GetProperty("Items");
    }

    private static string?[] Of(JsonElement items, string item, string metadata) =>
        [.. items.GetProperty(item).EnumerateArray().Select(found => found.GetProperty(metadata).GetString())];
}
