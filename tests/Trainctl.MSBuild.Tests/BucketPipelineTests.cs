using static Trainctl.MSBuild.Tests.BuildErrors;

namespace Trainctl.MSBuild.Tests;

/// <summary>Pipelines whose store is a bucket on a real server.</summary>
public sealed class BucketPipelineTests
{
    private PipelineBucket _bucket = null!;

    [SetUp]
    public async Task CreateBucketAsync() => _bucket = await PipelineBucket.CreateAsync();

    [TearDown]
    public async Task RemoveBucketAsync()
    {
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_pipeline_publishes_to_a_bucket_and_a_second_run_does_nothing_and_says_so(bool propertiesNameTheServer)
    {
        var project = _bucket.Pipeline();
        var server = Array.Empty<string>();
        if (propertiesNameTheServer)
        {
            project.Environment["AWS_ENDPOINT_URL"] = project.Environment["AWS_REGION"] = null;
            server = [$"-p:TrainctlEndpointUrl={_bucket.Endpoint.Url}", $"-p:TrainctlRegion={_bucket.Endpoint.Region}", "-p:TrainctlPathStyle=true"];
        }

        var (exitCode, output) = await project.BuildAsync(["-p:Count=4", .. server]);
        var published = await _bucket.ListAsync();

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(published, Has.Some.Matches(@"^digits/checkpoints/run/checkpoint-3/model\.safetensors ").And.Some.Matches("^digits/checkpoints/run/checkpoint-4/")
            .And.None.Contains("/checkpoint-1/").And.None.Contains("/checkpoint-2/"), output);
        var before = project.Snapshot();

        (exitCode, output) = await project.BuildAsync(["-p:Count=0", .. server]);

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(await _bucket.ListAsync(), Is.EqualTo(published));
        Assert.That(project.Snapshot(), Is.EqualTo(before));
        Assert.That(output, Does.Match("stage-data: .*: 1 object unchanged").And.Contain("2 checkpoints unchanged").And.Contain("0 checkpoints removed").And.Not.Contain("copied"));
    }

    [Test]
    public async Task A_wrong_key_is_one_error_and_nothing_is_left_behind()
    {
        var project = Staging("");
        project.Environment["AWS_SECRET_ACCESS_KEY"] = "wrong";
        await _bucket.PutAsync("data/a.csv", [1, 2, 3]);

        var error = await OnlyErrorAsync(project);

        Assert.That(error, Does.Match(@"train\.proj\(3,4\): error TRAINCTL1004: .*secret key is wrong.* \(exit code 3\)"));
        Assert.That(Directory.Exists(project.PathOf("staged")), Is.False);
    }

    [Test]
    public async Task A_bucket_of_somebody_else_is_one_error_and_nothing_is_left_behind()
    {
        var project = Staging("Anonymous=\"true\"");
        await _bucket.PutAsync("data/a.csv", [1, 2, 3]);

        var error = await OnlyErrorAsync(project);

        Assert.That(error, Does.Match(@"train\.proj\(3,4\): error TRAINCTL1002: .*s3://.* \(exit code 3\)"));
        Assert.That(Directory.Exists(project.PathOf("staged")), Is.False);
    }

    [Test]
    public async Task Without_credentials_one_error_says_what_to_do()
    {
        var project = Staging("");
        project.Environment["AWS_ACCESS_KEY_ID"] = project.Environment["AWS_SECRET_ACCESS_KEY"] = null;

        var error = await OnlyErrorAsync(project);

        Assert.That(error, Does.Match(@"train\.proj\(3,4\): error TRAINCTL1003: .*AWS_ACCESS_KEY_ID.* \(exit code 3\)"));
        Assert.That(Directory.Exists(project.PathOf("staged")), Is.False);
    }

    private PipelineProject Staging(string metadata) => _bucket.Reaching(new PipelineProject($"""
        <ItemGroup>
          <StagedData Include="s3://{_bucket.Name}/data" Destination="staged" {metadata} />
        </ItemGroup>
        """));
}
