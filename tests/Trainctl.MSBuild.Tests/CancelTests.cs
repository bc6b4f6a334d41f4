namespace Trainctl.MSBuild.Tests;

/// <summary>Ctrl-C ends a build that waits for a store; what was under way is nowhere.</summary>
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
}
