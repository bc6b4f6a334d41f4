using System.CommandLine;
using Trainctl.Cli.Commands;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>What the command line says about itself.</summary>
public sealed class HelpTests
{
    private static IEnumerable<string> Lines => All().SelectMany(static c => c.Command.Examples);

    private static IEnumerable<string> Paths => All().Select(static c => c.Path);

    /// <summary>An example that does not parse is worse than none.</summary>
    [TestCaseSource(nameof(Lines))]
    public void Every_example_is_a_command_line_of_its_command(string line)
    {
        var command = line.Split([" && ", " | "], StringSplitOptions.None)[0].Split("    #")[0].Replace("source <(", "", StringComparison.Ordinal).TrimEnd(')').Split(" > ")[0];
        Assert.That(command, Does.StartWith("trainctl "));

        var args = command["trainctl ".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static a => a.Trim('\'')).ToArray();
        var parsed = CommandLine.Create(Host()).Parse(args);

        Assert.That(ParseErrors.Find(parsed, args), Is.Null);
        Assert.That(((CliCommand)parsed.CommandResult.Command).Examples, Does.Contain(line));
    }

    [TestCaseSource(nameof(Paths))]
    public async Task Every_command_explains_itself_and_all_its_options(string path)
    {
        using var folder = new TemporaryFolder();
        var (_, command) = All().Single(c => c.Path == path);

        var run = await CommandRun.InAsync(folder, [.. path.Split(' '), "--help"]);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero);
            Assert.That(run.Error, Is.Empty);
            Assert.That(run.Out, Does.Contain(command.Description!).And.Contain("Examples:"));
            Assert.That(command.Options.Select(static o => (o.Name, o.Description)), Is.All.Matches<(string, string?)>(static o => o.Item2 is { Length: > 5 }));
            Assert.That(command.Arguments.Select(static a => a.Description), Is.All.Not.Empty);
        });
    }

    [Test]
    public async Task The_root_tells_the_exit_codes()
    {
        using var folder = new TemporaryFolder();

        var run = await CommandRun.InAsync(folder, "--help");

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((0, run.Out)));
        Assert.That(run.Out, Does.Contain("Exit codes:").And.Contain("130  cancelled"));
    }

    [Test]
    public async Task The_version_is_one_line()
    {
        using var folder = new TemporaryFolder();

        var run = await CommandRun.InAsync(folder, "--version");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Out, Does.Match(@"^\d+\.\d+\.\d+\S*\n$"));
    }

    private static CliHost Host() => new() { WorkingDirectory = "/", Environment = static _ => null, Out = TextWriter.Null, Error = TextWriter.Null };

    private static IEnumerable<(string Path, CliCommand Command)> All() => Below(CommandLine.Create(Host()), "");

    private static IEnumerable<(string Path, CliCommand Command)> Below(Command command, string path)
    {
        foreach (var child in command.Subcommands)
        {
            var childPath = $"{path} {child.Name}".TrimStart();
            if (child is CliCommand leaf)
                yield return (childPath, leaf);
            foreach (var deeper in Below(child, childPath))
                yield return deeper;
        }
    }
}
