namespace Trainctl.MSBuild.Tests;

/// <summary>Ctrl-C ends a build; what was under way is nowhere, and a training may save first.</summary>
public sealed class CancelTests
{
    [Test]
    public async Task A_download_that_does_not_move_is_cancelled_and_no_part_of_it_is_left_under_its_name()
    {
        await using var bucket = await PipelineBucket.CreateAsync();
        await bucket.PutAsync("data/weights.bin", new byte[1 << 20]);
        var project = bucket.Reaching(new PipelineProject($"""<ItemGroup><StagedData Include="s3://{bucket.Name}/data" Destination="staged" /></ItemGroup>"""));
        using var interrupt = new CancellationTokenSource();
        using var proxy = new StallingProxy(bucket.Endpoint.Url, interrupt.Cancel);
        project.Environment["AWS_ENDPOINT_URL"] = proxy.Url;

        var output = await project.InterruptedBuildAsync(interrupt);

        Assert.That(output, Does.Match(@"train\.proj\(\d+,\d+\): error TRAINCTL5003: .*: cancelled\. \(exit code 130\)").And.Contain("Build FAILED.").And.Not.Contain("   at "));
        Assert.That(File.Exists(project.PathOf("staged/weights.bin")), Is.False);
    }

    /// <summary>Training itself sends the signal, to the build that runs it, and saves when it gets it in turn.</summary>
    [TestCase("INT")]
    [TestCase("TERM")]
    [Platform("Unix")]
    public async Task A_training_that_a_signal_stops_saves_and_that_is_published(string signal)
    {
        var project = new PipelineProject("""
            <ItemGroup><Training Include="train.sh" Checkpoints="checkpoints" Upload="./store" /></ItemGroup>
            <Target Name="AfterTrain"><WriteLinesToFile File="next" Lines="next" /></Target>
            """);
        project.Write("train.sh", $"""
            trap 'sleep 1; echo saved > checkpoints/state; exit 0' {signal}
            mkdir checkpoints
            kill -{signal} $PPID
            for i in $(seq 600); do sleep 0.1; done
            """);

        var (exitCode, output) = await project.BuildAsync("-t:Train");

        Assert.Multiple(() =>
        {
            Assert.That(File.Exists(project.PathOf("store/state")), Is.True, output);
            Assert.That(File.Exists(project.PathOf("next")), Is.False, output);
            Assert.That(output, Does.Contain("Training is asked to stop").And.Not.Contain("   at "));
            // The .NET command line ends at SIGTERM with 0, and hardly lets anybody say something.
            if (signal == "INT")
            {
                Assert.That(exitCode, Is.Not.Zero, output);
                Assert.That(output, Does.Match(@"train\.proj\(\d+,\d+\): error TRAINCTL5003: .*: cancelled\. \(exit code 130\)"));
            }
        });
    }
}
