namespace Trainctl.MSBuild.Tests;

/// <summary>Builds that run in processes of builds before them, or beside each other.</summary>
[Platform("Linux", Reason = "Nodes are found by /proc.")]
public sealed class NodeReuseTests
{
    [TestCase("build")]
    [TestCase("msbuild")]
    public async Task A_pipeline_runs_twice_in_the_same_process(string command)
    {
        var project = new PipelineProject(PipelineProject.Pipeline + BuildNodes.Telling) { KeepsNodes = true };
        using var nodes = new BuildNodes(project);

        var outputs = await BuildNodes.InOneProcessAsync(async () =>
        {
            project.Delete("checkpoints", "store");
            var (first, firstOutput) = await project.DotnetAsync(command, "-p:Count=4");
            var (second, secondOutput) = await project.DotnetAsync(command, "-p:Count=0");
            Assert.That((first, second), Is.EqualTo((0, 0)), firstOutput + secondOutput);
            return [firstOutput, secondOutput];
        });

        Assert.That(outputs[1], Does.Contain("2 checkpoints unchanged").And.Contain("0 checkpoints removed"));
    }

    [Test]
    public async Task Server_and_keys_are_those_of_the_build_and_not_of_one_before_it_in_the_same_process()
    {
        await using var bucket = await PipelineBucket.CreateAsync();
        await bucket.PutAsync("data/a.csv", [1, 2, 3]);
        var project = bucket.Reaching(
            new PipelineProject($"""<ItemGroup><StagedData Include="s3://{bucket.Name}/data" Destination="staged" /></ItemGroup>{BuildNodes.Telling}""") { KeepsNodes = true });
        using var nodes = new BuildNodes(project);

        await BuildNodes.InOneProcessAsync(async () =>
        {
            var (first, firstOutput) = await project.BuildAsync("-t:StageData");
            project.Environment["AWS_SECRET_ACCESS_KEY"] = "wrong";
            var (_, wrongKey) = await project.BuildAsync("-t:StageData");
            project.Environment["AWS_SECRET_ACCESS_KEY"] = bucket.Endpoint.SecretKey;
            project.Environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
            var (_, wrongServer) = await project.BuildAsync("-t:StageData");
            project.Environment["AWS_ENDPOINT_URL"] = bucket.Endpoint.Url.ToString();
            var (last, lastOutput) = await project.BuildAsync("-t:StageData");

            Assert.Multiple(() =>
            {
                Assert.That(first, Is.Zero, firstOutput);
                Assert.That(wrongKey, Does.Contain("error TRAINCTL1004: "));
                Assert.That(wrongServer, Does.Contain("error TRAINCTL1005: ").And.Contain("127.0.0.1:1"));
                Assert.That(last, Is.Zero, lastOutput);
            });
            return [firstOutput, wrongKey, wrongServer, lastOutput];
        });
    }

    [Test]
    public async Task Two_pipelines_run_at_once_into_two_stores()
    {
        var project = new PipelineProject("""
            <Target Name="TrainAndPublish">
              <MSBuild Projects="a/train.proj;b/train.proj" BuildInParallel="true" Targets="TrainAndPublish" />
            </Target>
            """,
            "<Project DefaultTargets=\"TrainAndPublish\">")
        { KeepsNodes = true };
        using var nodes = new BuildNodes(project);
        foreach (var name in (string[])["a", "b"])
        {
            project.Write($"{name}/train.proj", $"<Project Sdk=\"Trainctl.MSBuild/{PackedPackage.Version}\">{PipelineProject.Pipeline}</Project>");
            project.Write($"{name}/datasets/digits/digits.csv", name);
        }

        foreach (var count in (string[])["3", "0"])
        {
            var (exitCode, output) = await project.DotnetAsync("msbuild", "-m:2", $"-p:Count={count}");

            Assert.That(exitCode, Is.Zero, output);
        }

        Assert.Multiple(() =>
        {
            foreach (var name in (string[])["a", "b"])
            {
                Assert.That(project.Checkpoints($"{name}/store/checkpoints/run"), Is.EqualTo(["checkpoint-2", "checkpoint-3"]));
                Assert.That(File.ReadAllText(project.PathOf($"{name}/data/digits/digits.csv")), Is.EqualTo(name));
            }
        });
    }
}
