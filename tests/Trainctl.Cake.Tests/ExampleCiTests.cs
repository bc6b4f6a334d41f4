using System.Text.RegularExpressions;
using Trainctl.Testing;
using YamlDotNet.RepresentationModel;

namespace Trainctl.Cake.Tests;

/// <summary>
/// The files for CI services are read as YAML and their commands are run as they stand, by the shell that those services use. Only what the service itself
/// fills in is filled in here, the store is a folder, and the package of the command line is named with the version that was packed.
/// </summary>
[Platform(Exclude = "Win", Reason = "The files ask for a Linux machine.")]
public sealed partial class ExampleCiTests
{
    private const string Portable = "-p:ToolPackageRuntimeIdentifiers=any";

    [OneTimeSetUp]
    public async Task PackTool()
    {
        await PackedPackage.AddAsync("src/Trainctl.Cli", Portable);
        await PackedPackage.AddAsync("src/Trainctl.Cli", Portable, "--runtime", "any", "-p:PublishAot=false");
    }

    [TestCase("github-actions.yml", "run", "-e")]
    [TestCase("azure-pipelines.yml", "script", "+e")]
    public async Task Every_command_runs_and_the_summary_is_written(string file, string key, string shell)
    {
        var repository = TrainingRepository.FromExample();
        var commands = CommandsOf(file, key);
        var summary = repository.PathOf("summary.md");
        var tools = repository.PathOf("home/.dotnet/tools");
        var environment = new Dictionary<string, string?>
        {
            ["STORE"] = "store",
            ["GITHUB_STEP_SUMMARY"] = summary,
            ["AGENT_TEMPDIRECTORY"] = repository.PathOf("agent"),
            ["DOTNET_CLI_HOME"] = repository.PathOf("home"),
            ["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}",
        };

        Assert.That(commands, Has.Length.EqualTo(4), "restore, plan, train, summary");
        foreach (var command in commands)
        {
            var (exitCode, output) = await repository.RunAsync("bash", environment, shell, "-c", command);
            Assert.That(exitCode, Is.Zero, command + output);
            if (command.Contains("--dry-run", StringComparison.Ordinal))
                Assert.That(Directory.Exists(repository.PathOf("store")) || Directory.Exists(repository.PathOf("data")), Is.False, output);
        }

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(summary), Does.Contain("checkpoint-").And.Contain("|"));
            Assert.That(File.ReadAllText(repository.PathOf("review.html")), Does.StartWith("<!doctype html>"));
            Assert.That(Directory.GetDirectories(repository.PathOf("store/checkpoints"), "checkpoint-*"), Has.Length.InRange(3, 4));
        });
    }

    /// <summary>All commands of a file in their order, wherever they stand.</summary>
    private static string[] CommandsOf(string file, string key)
    {
        var yaml = new YamlStream();
        using (var text = new StreamReader(Path.Combine(Repository.Root, "examples", "training-pipeline", "ci", file)))
            yaml.Load(text);
        return [.. yaml.Documents.Single().AllNodes.OfType<YamlMappingNode>()
            .SelectMany(static node => node.Children)
            .Where(entry => entry.Key is YamlScalarNode name && name.Value == key && entry.Value is YamlScalarNode)
            .Select(static entry => Filled(((YamlScalarNode)entry.Value).Value!))];
    }

    private static string Filled(string command)
    {
        var filled = Epochs().Replace(command, "4").Replace("Trainctl.Cli\n", $"Trainctl.Cli --version {PackedPackage.Version}\n", StringComparison.Ordinal);
        Assert.That(filled, Does.Not.Contain("${{").And.Not.Contain("$("), "the service fills in something else too");
        return filled;
    }

    [GeneratedRegex(@"\$\{\{ inputs\.epochs \|\| 12 \}\}")]
    private static partial Regex Epochs();
}
