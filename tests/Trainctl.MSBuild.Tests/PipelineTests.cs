namespace Trainctl.MSBuild.Tests;

public sealed class PipelineTests
{
    [Test]
    public async Task A_pipeline_stages_trains_publishes_and_prunes_and_a_second_run_does_nothing_and_says_so()
    {
        var project = new PipelineProject(PipelineProject.Pipeline);

        var (exitCode, output) = await project.BuildAsync("-p:Count=4");

        Assert.That(exitCode, Is.Zero, output);
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(project.PathOf("data/digits/digits.csv")), Is.EqualTo("1,2,3"));
            Assert.That(project.Checkpoints("store/checkpoints/run"), Is.EqualTo(["checkpoint-3", "checkpoint-4"]), output);
            Assert.That(project.Checkpoints("checkpoints/run"), Is.EqualTo(["checkpoint-3", "checkpoint-4"]), output);
            Assert.That(output, Does.Contain("1 object copied").And.Contain("Training ended with exit code 0").And.Contain("2 checkpoints removed").And.Contain("review"));
        });

        var before = project.Snapshot();
        (exitCode, output) = await project.BuildAsync("-p:Count=0");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(project.Snapshot(), Is.EqualTo(before));
            Assert.That(output, Does.Match("stage-data: .*: 1 object unchanged").And.Contain("2 checkpoints unchanged").And.Contain("0 checkpoints removed"));
        });
    }

    [Test]
    public async Task A_dry_run_changes_nothing_and_says_what_would_be_done()
    {
        var project = new PipelineProject(PipelineProject.Pipeline);
        var before = project.Snapshot();

        var (exitCode, output) = await project.BuildAsync("-p:Count=4", "-p:TrainctlDryRun=true");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(project.Snapshot(), Is.EqualTo(before));
            Assert.That(output, Does.Contain("1 object would be copied").And.Contain("Would run ").And.Match("publish its checkpoints to .*/store/checkpoints"));
        });
    }

    [Test]
    public async Task A_dry_run_over_published_checkpoints_removes_none()
    {
        var project = new PipelineProject(PipelineProject.Pipeline);
        var (exitCode, output) = await project.BuildAsync("-p:Count=4", "-t:Train");
        Assert.That(exitCode, Is.Zero, output);
        var before = project.Snapshot();

        (exitCode, output) = await project.BuildAsync("-t:PruneCheckpoints", "-p:TrainctlDryRun=true");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(project.Snapshot(), Is.EqualTo(before));
            Assert.That(output, Does.Contain("2 checkpoints would be removed"));
        });
    }

    [TestCase("checkpoints", "checkpoints")]
    [TestCase("checkpoints/", "checkpoints")]
    [TestCase("checkpoints", "./checkpoints/")]
    public async Task Nothing_is_removed_from_a_folder_whose_published_checkpoints_are_gone(string ofTraining, string ofPolicy)
    {
        var project = new PipelineProject(PipelineProject.Pipeline
            .Replace("Checkpoints=\"checkpoints\"", $"Checkpoints=\"{ofTraining}\"", StringComparison.Ordinal)
            .Replace("CheckpointPolicy Include=\"checkpoints\"", $"CheckpointPolicy Include=\"{ofPolicy}\"", StringComparison.Ordinal));
        var (exitCode, output) = await project.BuildAsync("-p:Count=4", "-t:Train");
        Assert.That(exitCode, Is.Zero, output);
        Directory.Delete(project.PathOf("store"), recursive: true);

        (exitCode, output) = await project.BuildAsync("-t:PruneCheckpoints");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(1), output);
            Assert.That(project.Checkpoints("checkpoints/run"), Has.Length.EqualTo(4));
            Assert.That(output, Does.Contain("error TRAINCTL1001: "));
        });
    }

    [Test]
    public async Task A_policy_for_checkpoints_that_were_never_published_warns_of_it()
    {
        var project = new PipelineProject(PipelineProject.Pipeline);
        project.Write("checkpoints/notes.txt", "no checkpoint yet");

        var (exitCode, output) = await project.BuildAsync("-t:PruneCheckpoints");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(output, Does.Match(@"train\.proj\(6,6\): warning TRAINCTL5001: Nothing to look at yet: .*store/checkpoints"));
        });
    }

    [Test]
    public async Task A_project_has_steps_of_its_own_before_and_after_each_target()
    {
        var steps = new[] { "StageData", "Train", "UploadCheckpoints", "PruneCheckpoints", "ReviewArtifacts", "TrainAndPublish" };
        var hooks = steps.SelectMany(static step => new[] { $"Before{step}", $"After{step}" })
            .Select(static name => $"""<Target Name="{name}"><Message Importance="high" Text="hook {name}" /></Target>""");
        var project = new PipelineProject(string.Join('\n', hooks));

        var (exitCode, output) = await project.DotnetAsync("msbuild");

        var seen = output.Split('\n').Select(static l => l.Trim()).Where(static l => l.StartsWith("hook ", StringComparison.Ordinal)).Select(static l => l["hook ".Length..]);
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(seen, Is.EqualTo((string[])["BeforeTrainAndPublish", .. steps[..5].SelectMany(static s => new[] { $"Before{s}", $"After{s}" }), "AfterTrainAndPublish"]));
        });
    }

    [Test]
    public async Task What_a_target_did_is_items_of_the_build_with_their_metadata_as_they_are()
    {
        var project = new PipelineProject("""
            <Target Name="Copy">
              <ItemGroup><Copied Include="logs"><Destination>copy</Destination><Exclude>*.tmp</Exclude></Copied></ItemGroup>
              <Trainctl.MSBuild.SyncObjects Items="@(Copied)">
                <Output TaskParameter="Objects" ItemName="CopiedObject" />
                <Output TaskParameter="Reports" ItemName="CopyReport" />
              </Trainctl.MSBuild.SyncObjects>
              <Message Importance="high" Text="object %(CopiedObject.Key) has %(Size) bytes, %(Checksum), %(Result): %(Reason)" Condition="'@(CopiedObject)' != ''" />
              <Message Importance="high" Text="report %(CopyReport.Operation) of %(CopyReport.Identity): %(CopyReport.ObjectCount) objects, exit code %(CopyReport.ExitCode)" />
            </Target>
            """);
        project.Write("logs/50%25 {0};(a).txt", "braces and escapes");
        project.Write("logs/b.tmp", "no");

        var (exitCode, output) = await project.BuildAsync("-t:Copy");
        var (_, again) = await project.BuildAsync("-t:Copy");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(output, Does.Match(@"object 50%25 \{0\};\(a\)\.txt has 18 bytes, .{8,}, Done: \w+").And.Contain("report sync of logs: 1 objects, exit code 0"));
            Assert.That(again, Does.Contain("report sync of logs: 0 objects, exit code 0").And.Not.Contain("object 50"));
            Assert.That(File.Exists(project.PathOf("copy/b.tmp")), Is.False);
        });
    }

    [Test]
    public async Task A_project_of_another_sdk_takes_the_package_as_a_reference()
    {
        var project = new PipelineProject(
            $"""
            <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            <ItemGroup><PackageReference Include="Trainctl.MSBuild" Version="{PackedPackage.Version}" /></ItemGroup>
            {PipelineProject.Pipeline}
            """,
            "<Project Sdk=\"Microsoft.NET.Sdk\">");
        File.Move(project.PathOf("train.proj"), project.PathOf("train.csproj"));

        var (exitCode, output) = await project.BuildAsync("-t:TrainAndPublish", "-p:Count=3");

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(project.Checkpoints("store/checkpoints/run"), Is.EqualTo(["checkpoint-2", "checkpoint-3"]), output);
    }
}
