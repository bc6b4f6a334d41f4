using System.Collections;
using System.Reflection;
using Trainctl.Cli.Options;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>What a program is told by variables must not be what <c>trainctl</c>, started by that program, takes for its options.</summary>
[Platform(Exclude = "Win")]
public sealed class EnvironmentNameTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        HuggingFaceRun.Write(_folder, "checkpoints/run", 1);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    /// <summary>All names that are read, wherever in the program.</summary>
    private static IEnumerable<string> Read =>
    [
        "TRAINCTL_STATE_DIR", "TRAINCTL_S5CMD",
        .. typeof(Setting).Assembly.GetTypes()
            .SelectMany(static t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(static f => f.FieldType == typeof(Setting)).Select(static f => ((Setting)f.GetValue(null)!).EnvironmentName).OfType<string>(),
    ];

    [TestCase("s3 watch checkpoints --once --since 2023-01-01", "TRAINCTL_KEY")]
    [TestCase("s3 watch checkpoints --once --since 2023-01-01 --complete-only", "TRAINCTL_EVENT_LAYOUT")]
    public async Task No_variable_of_an_event_is_read_as_an_option(string line, string told)
    {
        var run = await CommandRun.InAsync(_folder, [.. line.Split(' '), "--exec", $"env > {_folder.Combine("variables")}"]);

        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        Assert.That(Set(), Does.Contain(told));
        Assert.That(Set().Intersect(Read), Is.Empty);
    }

    [Test]
    public async Task No_variable_of_a_training_is_read_as_an_option()
    {
        var script = _folder.Write("train.sh", $"env > {_folder.Combine("variables")}\n");

        var environment = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! };

        var run = await CommandRun.InAsync(_folder, environment, "local", script, "--checkpoints", "checkpoints", "--upload", "published");

        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        Assert.That(Set().Intersect(Read), Is.Empty);
    }

    /// <summary>Names of variables that the program has and this process has not.</summary>
    private string[] Set() =>
    [
        .. File.ReadAllLines(_folder.Combine("variables")).Where(static l => l.Contains('=', StringComparison.Ordinal)).Select(static l => l.Split('=')[0])
            .Except(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(static e => (string)e.Key)),
    ];
}
