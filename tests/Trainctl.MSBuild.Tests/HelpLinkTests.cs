namespace Trainctl.MSBuild.Tests;

/// <summary>Errors and warnings lead to the page that explains their codes.</summary>
public sealed class HelpLinkTests
{
    [Test]
    public async Task An_error_links_to_a_page_of_the_package_that_explains_its_code()
    {
        var project = new PipelineProject("""<ItemGroup><StagedData Include="datasets/digits" /></ItemGroup>""");

        var (_, output) = await project.BuildAsync(Logger);

        Assert.That(output, Does.Contain("error TRAINCTL2002: "));
        AssertExplains(project, "TRAINCTL2002");
    }

    [Test]
    public async Task A_warning_does_so_too()
    {
        var project = new PipelineProject(PipelineProject.Pipeline);
        project.Write("checkpoints/notes.txt", "no checkpoint yet");

        var (_, output) = await project.BuildAsync("-t:PruneCheckpoints", Logger);

        Assert.That(output, Does.Contain("warning TRAINCTL5001: "));
        AssertExplains(project, "TRAINCTL5001");
    }

    private static string Logger => $"-logger:{typeof(HelpLinkLogger).FullName},{typeof(HelpLinkLogger).Assembly.Location};links.txt";

    private static void AssertExplains(PipelineProject project, string code)
    {
        var line = File.ReadAllLines(project.PathOf("links.txt")).Single(line => line.StartsWith(code, StringComparison.Ordinal));
        Assert.That(line, Does.Match("^[A-Z0-9]+ file:///.*/docs/errors\\.md$"));
        Assert.That(File.ReadAllText(new Uri(line.Split(' ', 2)[1]).LocalPath), Does.Contain(code));
    }
}
