namespace Trainctl.MSBuild.Tests;

/// <summary>What the engine warns of obeys the build's own switches.</summary>
public sealed class WarningTests
{
    [Test]
    public async Task A_warning_has_a_code_and_the_build_goes_on()
    {
        var (exitCode, output) = await BuildAsync();

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(output, Does.Contain("warning TRAINCTL5001: "));
        });
    }

    [Test]
    public async Task Warnings_can_be_errors()
    {
        var (exitCode, output) = await BuildAsync("-p:TreatWarningsAsErrors=true");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(1), output);
            Assert.That(output, Does.Contain("error TRAINCTL5001: "));
        });
    }

    [TestCase("NoWarn")]
    [TestCase("MSBuildWarningsAsMessages")]
    public async Task Warnings_can_be_switched_off(string property)
    {
        var (exitCode, output) = await BuildAsync($"-p:{property}=TRAINCTL5001");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(output, Does.Not.Contain("warning TRAINCTL5001"));
        });
    }

    /// <summary>A training whose checkpoints cannot be published: there is a file where the store should be.</summary>
    private static async Task<(int ExitCode, string Output)> BuildAsync(params string[] arguments)
    {
        var project = new PipelineProject(PipelineProject.Pipeline.Replace("Interval", "FlushTimeout=\"1s\" Interval", StringComparison.Ordinal));
        project.Write("store", "no folder");
        return await project.BuildAsync(["-t:Train", "-p:Count=2", .. arguments]);
    }
}
