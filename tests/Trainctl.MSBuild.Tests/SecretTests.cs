namespace Trainctl.MSBuild.Tests;

/// <summary>What a build writes down about itself: everything that the tasks were given, and no secret.</summary>
public sealed class SecretTests
{
    private const string Secret = "secret0sentinel";

    [Test]
    public async Task The_binary_log_holds_every_input_and_neither_it_nor_the_console_the_secrets_of_the_environment()
    {
        var project = new PipelineProject(PipelineProject.Pipeline);
        project.Environment["AWS_ACCESS_KEY_ID"] = "key";
        project.Environment["AWS_SECRET_ACCESS_KEY"] = Secret;
        project.Environment["AWS_SESSION_TOKEN"] = Secret;

        var (exitCode, output) = await project.BuildAsync("-p:Count=3", "-p:TrainctlConcurrency=7", "-bl:log.binlog", "-v:diag");

        var log = project.PathOf("log.binlog");
        Assert.That(exitCode, Is.Zero, output);
        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Not.Contain(Secret));
            Assert.That(BinaryLog.Holds(log, Secret), Is.False);
            foreach (var input in (string[])["Items", "DryRun", "WorkingDirectory", "ProjectFile", "Concurrency", "Trainings", "Store", "datasets.lock.json", "--out checkpoints/run --count 3", "KeepLast"])
                Assert.That(BinaryLog.Holds(log, input), Is.True, input);
        });
    }

    [Test]
    public async Task The_keys_of_a_real_server_are_not_written_down_either()
    {
        await using var bucket = await PipelineBucket.CreateAsync();
        var project = bucket.Pipeline();

        var (exitCode, output) = await project.BuildAsync("-p:Count=3", "-bl:log.binlog", "-v:diag");
        project.Environment["AWS_SECRET_ACCESS_KEY"] = Secret;
        var (failed, failedOutput) = await project.BuildAsync("-p:Count=0", "-bl:failed.binlog", "-v:diag");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(failed, Is.EqualTo(1), failedOutput);
            Assert.That(output, Does.Not.Contain(bucket.Endpoint.SecretKey));
            Assert.That(BinaryLog.Holds(project.PathOf("log.binlog"), bucket.Endpoint.SecretKey), Is.False);
            Assert.That(failedOutput, Does.Match(@"error TRAINCTL\d{4}: ").And.Not.Contain(Secret));
            Assert.That(BinaryLog.Holds(project.PathOf("failed.binlog"), Secret), Is.False);
        });
    }

    [TestCase("http://user:" + Secret + "@127.0.0.1:1")]
    [TestCase("http://127.0.0.1:1/?token=" + Secret)]
    [TestCase("user:" + Secret + "@127.0.0.1:1")]
    public async Task A_server_whose_address_holds_a_secret_is_not_told_with_it(string address)
    {
        var project = new PipelineProject("""<ItemGroup><StagedData Include="s3://bucket/data" Destination="staged" /></ItemGroup>""");
        project.Environment["AWS_ENDPOINT_URL"] = address;
        project.Environment["AWS_REGION"] = "us-east-1";
        project.Environment["AWS_ACCESS_KEY_ID"] = "key";
        project.Environment["AWS_SECRET_ACCESS_KEY"] = "other";

        var (exitCode, output) = await project.BuildAsync("-v:diag", "-bl:log.binlog");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(1), output);
            Assert.That(output, Does.Match(@"error TRAINCTL\d{4}: ").And.Not.Contain(Secret));
            Assert.That(BinaryLog.Holds(project.PathOf("log.binlog"), Secret), Is.False);
        });
    }
}
