using System.Text.Json;
using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>What goes where.</summary>
public sealed class OutputTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _folder.Write("a/x.txt", "x");
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Quiet_says_nothing_of_what_went_well_and_lists_what_was_asked_for()
    {
        var work = await CommandRun.InAsync(_folder, "s3", "sync", "a", "b", "--quiet");
        var list = await CommandRun.InAsync(_folder, "s3", "list", "b", "-q");
        var failure = await CommandRun.InAsync(_folder, "s3", "list", "c", "-q");

        Assert.Multiple(() =>
        {
            Assert.That((work.ExitCode, work.Out, work.Error), Is.EqualTo((0, "", "")));
            Assert.That(list.Out, Does.EndWith("           1  x.txt\n"));
            Assert.That((list.ExitCode, list.Error), Is.EqualTo((0, "")));
            Assert.That(failure.Error, Does.StartWith("TRAINCTL1001"));
        });
    }

    [Test]
    public async Task JSON_is_all_there_is_on_standard_output_and_so_is_a_report_with_failures()
    {
        File.CreateSymbolicLink(_folder.Combine("a/gone"), _folder.Combine("nowhere"));

        var run = await CommandRun.InAsync(_folder, "s3", "sync", "a", "b", "--json");

        var json = JsonDocument.Parse(run.Out).RootElement;
        Assert.That((json.GetProperty("operation").GetString(), json.GetProperty("exitCode").GetInt32()), Is.EqualTo(("sync", run.ExitCode)));
    }

    [TestCase("s3", "list", "a")]
    [TestCase("s3", "list", "a", "--json")]
    [TestCase("s3", "list", "a", "--summary", "summary.md")]
    [TestCase("s3", "sync", "a", "b")]
    [TestCase("checkpoint", "upload", "a", "b")]
    [TestCase("stage", "a", "b")]
    public async Task What_could_not_be_listed_is_named_on_standard_error_and_exit_1_also_when_quiet(params string[] line)
    {
        using var error = new StringWriter();
        var host = new CliHost
        {
            WorkingDirectory = _folder.Path,
            Environment = static _ => null,
            Out = TextWriter.Null,
            Error = error,
            OpenStore = static (url, settings, engine) => new HookedStore(StoreOpener.Open(url, settings, engine))
            {
                Problem = new ListingProblem("secret", ListingProblemKind.UnreadableFolder, "The folder 'secret' could not be read."),
            },
        };

        var exitCode = await CommandLine.RunAsync([.. line, "--quiet"], host);

        Assert.That((exitCode, error.ToString()), Is.EqualTo((1, error.ToString())));
        Assert.That(error.ToString(), Does.EndWith("The folder 'secret' could not be read.\n"));
    }

    [Test]
    public async Task A_summary_gathers_reports_as_Markdown()
    {
        await CommandRun.InAsync(_folder, "s3", "sync", "a", "b", "--summary", "summary.md");
        await CommandRun.InAsync(_folder, "s3", "review", "b", "--summary", "summary.md", "--json");
        var unwritable = await CommandRun.InAsync(_folder, "s3", "sync", "a", "c", "--summary", "no/such/folder/summary.md");

        var summary = File.ReadAllText(_folder.Combine("summary.md"));
        Assert.Multiple(() =>
        {
            Assert.That(summary, Does.StartWith("### sync: ").And.Contain("| object | action | size | why |").And.Contain("### review-artifacts: "));
            Assert.That((unwritable.ExitCode, File.Exists(_folder.Combine("c/x.txt"))), Is.EqualTo((0, true)));
            Assert.That(unwritable.Error, Does.Contain("Warning: the summary could not be written to 'no/such/folder/summary.md'"));
        });
    }

    [TestCase(true, null, null, true)]
    [TestCase(true, "", null, true)]
    [TestCase(true, "1", null, false)]
    [TestCase(true, null, "dumb", false)]
    [TestCase(false, null, null, false)]
    public async Task Errors_are_red_for_a_person_who_wants_colors(bool isTerminal, string? noColor, string? term, bool isRed)
    {
        using var error = new StringWriter();
        var environment = new Dictionary<string, string?> { ["NO_COLOR"] = noColor, ["TERM"] = term };
        var host = new CliHost { WorkingDirectory = _folder.Path, Environment = environment.GetValueOrDefault, Out = TextWriter.Null, Error = error, IsErrorTerminal = isTerminal };

        await CommandLine.RunAsync(["s3", "sync", "a", "b", "--direction", "up"], host);

        Assert.That(error.ToString(), isRed ? Does.StartWith("\u001b[31mTRAINCTL2002").And.EndsWith("\u001b[0m\n") : Does.StartWith("TRAINCTL2002"));
    }

    /// <summary>A key comes from elsewhere, and who reads the log believes its lines.</summary>
    [TestCase("s3", "download", "a/{0}", "b")]
    [TestCase("s3", "upload", "c/", "d", "-r")]
    [TestCase("s3", "upload", "c/", "d", "-r", "--verbose")]
    [Platform(Exclude = "Win", Reason = "No file can have such a name.")]
    public async Task No_name_of_an_object_makes_a_line_of_its_own(params string[] line)
    {
        const string Name = "x\nTRAINCTL9999: forged\r\u001b[2K";
        _folder.Write($"c/{Name}", "x");
        Directory.CreateDirectory(_folder.Combine($"d/{Name}"));

        var run = await CommandRun.InAsync(_folder, [.. line.Select(static word => word.Replace("{0}", Name, StringComparison.Ordinal))]);

        Assert.That(run.ExitCode, Is.Not.Zero);
        Assert.That(run.Error, Does.Contain("x\\u000aTRAINCTL9999: forged\\u000d\\u001b[2K").And.Not.Contain("\u001b").And.Not.Contain("\r"));
        Assert.That(run.Error.Split('\n'), Has.None.StartsWith("TRAINCTL9999"));
    }

    /// <summary>A key comes from elsewhere, and a terminal obeys what is in it.</summary>
    [Test]
    [Platform(Exclude = "Win", Reason = "No file can have such a name.")]
    public async Task No_name_of_an_object_commands_the_terminal()
    {
        _folder.Write("a/\u001b[2Jx", "x");

        var run = await CommandRun.InAsync(_folder, "s3", "list", "a");
        var sync = await CommandRun.InAsync(_folder, "s3", "sync", "a", "b", "-v");

        Assert.That(run.Out + run.Error + sync.Out + sync.Error, Does.Not.Contain("\u001b"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "No file can have such a name.")]
    public async Task Every_object_of_a_list_has_one_line_whatever_its_name()
    {
        _folder.Write("a/two\nlines", "x");
        for (var i = 0; i < 2000; i++)
            _folder.Write($"a/many/{i:0000}", "");

        var run = await CommandRun.InAsync(_folder, "s3", "list", "a", "--recursive");
        var level = await CommandRun.InAsync(_folder, "s3", "list", "a");
        var summary = await CommandRun.InAsync(_folder, "s3", "list", "a", "--recursive", "--summary", "summary.md");

        Assert.Multiple(() =>
        {
            Assert.That(run.Out.Split('\n'), Has.Length.EqualTo(2003).And.Exactly(1).EndsWith("  two?lines").And.Exactly(1).EndsWith("  many/1999").And.Exactly(1).Empty);
            Assert.That(level.Out.Split('\n'), Has.Length.EqualTo(4));
            Assert.That(summary.Out, Is.EqualTo(run.Out));
            Assert.That(File.ReadAllText(Path.Combine(_folder.Path, "summary.md")), Does.Contain("many/1999"));
        });
    }
}
