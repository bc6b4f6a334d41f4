using static Trainctl.MSBuild.Tests.BuildErrors;

namespace Trainctl.MSBuild.Tests;

/// <summary>A failure is one error line with its code and its place in the project, and the build fails.</summary>
public sealed class FailureTests
{
    [Test]
    public async Task Missing_metadata_is_named()
    {
        var project = new PipelineProject("""
            <ItemGroup>
              <StagedData Include="datasets/digits" />
            </ItemGroup>
            """);

        var error = await OnlyErrorAsync(project, "-t:StageData");

        Assert.That(error, Does.StartWith($"{project.PathOf("train.proj")}(3,4): error TRAINCTL2002: datasets/digits: Destination is missing").And.Contain("exit code 2"));
    }

    [Test]
    public async Task Misspelt_metadata_is_an_error_at_its_place_with_the_nearest_name_and_nothing_is_done()
    {
        var project = new PipelineProject("""
            <ItemGroup>
              <StagedData Include="datasets/digits" Destination="first" />
              <StagedData Include="datasets/digits" Destination="second"
                LockFiel="datasets.lock.json" />
            </ItemGroup>
            """);

        var error = await OnlyErrorAsync(project, "-t:StageData");

        Assert.Multiple(() =>
        {
            Assert.That(error, Does.StartWith($"{project.PathOf("train.proj")}(5,5): error TRAINCTL2002:").And.Contain("there is no setting LockFiel. Did you mean LockFile?"));
            Assert.That(Directory.Exists(project.PathOf("first")), Is.False);
        });
    }

    [Test]
    public void No_name_of_an_object_makes_a_line_of_its_own() =>
        Assert.That(MSBuildCodes.OneLine("'x\nerror TRAINCTL9999: forged\u001b[2K' failed"), Is.EqualTo("'x error TRAINCTL9999: forged\\u001b[2K' failed"));

    [Test]
    public async Task A_value_that_makes_no_sense_is_told_with_what_would()
    {
        var project = new PipelineProject("""<ItemGroup><CheckpointPolicy Include="datasets" MaxAge="fortnight" /></ItemGroup>""");

        var error = await OnlyErrorAsync(project, "-t:PruneCheckpoints");

        Assert.That(error, Does.Contain("error TRAINCTL2002: datasets: MaxAge: 'fortnight' is no duration. Write"));
    }

    [TestCase("TrainctlProvider=cefh", "Provider: 'cefh'")]
    [TestCase("TrainctlCaBundle=no-such.pem", "no-such.pem")]
    [TestCase("TrainctlRegion=", null)]
    public async Task What_holds_for_all_items_reaches_the_store_of_each(string property, string? problem)
    {
        var project = new PipelineProject("""<ItemGroup><StagedData Include="s3://bucket/data" Destination="data" /></ItemGroup>""");
        project.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        project.Environment["AWS_ACCESS_KEY_ID"] = project.Environment["AWS_SECRET_ACCESS_KEY"] = null;

        var error = await OnlyErrorAsync(project, "-t:StageData", "-p:" + property);

        Assert.That(error, problem is null ? Does.Contain("error TRAINCTL1003: ") : Does.Contain("error TRAINCTL2002: ").And.Contain(problem));
    }

    [Test]
    public async Task A_store_that_is_not_there_has_its_code()
    {
        var project = new PipelineProject("""<ItemGroup><StagedData Include="no-such-folder" Destination="data" /></ItemGroup>""");

        var error = await OnlyErrorAsync(project);

        Assert.That(error, Does.Match(@"train\.proj\(\d+,\d+\): error TRAINCTL(1001|2003): .*no-such-folder.* \(exit code 3\)"));
    }

    [Test]
    public async Task A_store_that_is_no_url_has_its_code()
    {
        var project = new PipelineProject("""<ItemGroup><StagedData Include="ftp://host/data" Destination="data" /></ItemGroup>""");

        var error = await OnlyErrorAsync(project);

        Assert.That(error, Does.Contain("error TRAINCTL2001: ").And.Contain("'ftp'").And.Contain("s3://bucket/prefix"));
    }

    [Test]
    public async Task A_training_that_fails_ends_the_pipeline_with_its_exit_code_and_what_it_saved_is_published()
    {
        var project = new PipelineProject(PipelineProject.Pipeline.Replace("--count", "--exit 7 --count", StringComparison.Ordinal));

        var error = await OnlyErrorAsync(project, "-p:Count=3");

        Assert.Multiple(() =>
        {
            Assert.That(error, Does.Contain("error TRAINCTL5002: ").And.Contain("ended with exit code 7."));
            Assert.That(project.Checkpoints("store/checkpoints/run"), Has.Length.EqualTo(3));
            Assert.That(project.Checkpoints("checkpoints/run"), Has.Length.EqualTo(3));
        });
    }

    [Test]
    public async Task A_prune_beyond_its_limit_is_refused_and_removes_nothing()
    {
        var project = new PipelineProject(PipelineProject.Pipeline.Replace("KeepLast=\"2\"", "KeepLast=\"2\" MaxDeleteCount=\"1\"", StringComparison.Ordinal));

        var error = await OnlyErrorAsync(project, "-p:Count=4");

        Assert.Multiple(() =>
        {
            Assert.That(error, Does.Contain("error TRAINCTL4004: ").And.Contain("MaxDeleteCount is 1").And.Contain("exit code 5"));
            Assert.That(project.Checkpoints("checkpoints/run"), Has.Length.EqualTo(4));
            Assert.That(project.Checkpoints("store/checkpoints/run"), Has.Length.EqualTo(4));
        });
    }

    [Test]
    public async Task Uploading_without_a_store_is_an_error()
    {
        var project = new PipelineProject(PipelineProject.Pipeline.Replace(">store<", "><", StringComparison.Ordinal));

        var error = await OnlyErrorAsync(project, "-p:Count=1");

        Assert.That(error, Does.Contain("error TRAINCTL2002: ").And.Contain("Set TrainctlStore"));
    }

    [Test]
    public async Task A_word_that_is_neither_true_nor_a_place_is_not_taken_for_a_folder()
    {
        var project = new PipelineProject(PipelineProject.Pipeline.Replace("Upload=\"true\"", "Upload=\"ture\"", StringComparison.Ordinal));

        var error = await OnlyErrorAsync(project, "-t:Train", "-p:Count=1");

        Assert.That(error, Does.Contain("error TRAINCTL2002: ").And.Contain("Upload is 'ture'; write true, false, a URL"));
    }

    [Test]
    public async Task A_cancelled_build_says_so_with_a_code_although_the_training_does_not_listen()
    {
        var project = new PipelineProject(PipelineProject.Pipeline.Replace("--count", "--wait yes --on-term -1 --count", StringComparison.Ordinal));

        var output = await project.InterruptedBuildAsync("saved 1", "-t:Train", "-p:Count=1");

        Assert.That(output, Does.Match(@"train\.proj\(\d+,\d+\): error TRAINCTL5003: .*: cancelled").And.Contain("Build FAILED.").And.Not.Contain("   at ").And.Not.Contain("ended"));
    }
}
