using Trainctl.Diagnostics;
using Trainctl.Training.Scripts;

namespace Trainctl.Tests.Training;

/// <summary>A project in <c>/w</c>, and programs in <c>/usr/bin</c>.</summary>
[Platform(Exclude = "Win", Reason = "Paths of the tests are those of Unix.")]
public sealed class ScriptResolverTests
{
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _executables = new(StringComparer.Ordinal);
    private Dictionary<string, string> _variables = [];

    [SetUp]
    public void SetUp()
    {
        _files.Clear();
        _executables.Clear();
        _variables = new() { ["PATH"] = "/usr/local/bin:/usr/bin" };
    }

    [Test]
    public void Python_is_the_one_of_the_nearest_virtual_environment_up_to_the_working_directory()
    {
        Files("/w/src/train/train.py", "/w/src/.venv/bin/python", "/w/.venv/bin/python", "/.venv/bin/python", "/other/bin/python");
        Programs("/usr/bin/python3");
        _variables["VIRTUAL_ENV"] = "/other";

        var command = Resolve("src/train/train.py", "--epochs", "50");

        Assert.That((command.Program, string.Join(' ', command.Arguments)), Is.EqualTo(("/w/src/.venv/bin/python", "/w/src/train/train.py --epochs 50")));
        Assert.That(command.Environment["VIRTUAL_ENV"], Is.EqualTo("/w/src/.venv"));
        Assert.That(command.Environment["PATH"], Is.EqualTo("/w/src/.venv/bin:/usr/local/bin:/usr/bin"));
    }

    [Test]
    public void A_script_elsewhere_has_the_environment_beside_it_or_the_one_of_the_working_directory()
    {
        Files("/scripts/a/train.py", "/scripts/b/train.py", "/scripts/b/venv/bin/python", "/scripts/.venv/bin/python", "/w/.venv/bin/python");

        Assert.That(Resolve("/scripts/a/train.py").Program, Is.EqualTo("/w/.venv/bin/python"));
        Assert.That(Resolve("/scripts/b/train.py").Program, Is.EqualTo("/scripts/b/venv/bin/python"));
    }

    /// <summary>The root is a container's default.</summary>
    [TestCase("/")]
    [TestCase("/app/")]
    [TestCase("/app/../app")]
    public void A_working_directory_that_ends_with_a_separator_or_leads_back_is_one_like_others(string workingDirectory)
    {
        Files("/app/src/train.py", "/app/.venv/bin/python");
        Programs("/usr/bin/python3");

        Assert.That(Resolver(workingDirectory).Resolve("/app/src/train.py", []).Program, Is.EqualTo("/app/.venv/bin/python"));
    }

    [Test]
    public void An_activated_environment_comes_next_then_python3_then_python()
    {
        Files("/w/train.py", "/other/bin/python");
        Programs("/usr/bin/python");
        Assert.That(Resolve("train.py").Program, Is.EqualTo("/usr/bin/python"));
        Programs("/usr/bin/python3");
        Assert.That(Resolve("train.py").Program, Is.EqualTo("/usr/bin/python3"));
        _variables["VIRTUAL_ENV"] = "/other";
        Assert.That(Resolve("train.py").Program, Is.EqualTo("/other/bin/python"));
    }

    [TestCase("train.cs", "/usr/bin/dotnet run --file /w/train.cs -- -x")]
    [TestCase("train.dll", "/usr/bin/dotnet /w/train.dll -x")]
    [TestCase("train.ps1", "/usr/bin/pwsh -NoProfile -File /w/train.ps1 -x")]
    [TestCase("train.sh", "/usr/bin/bash /w/train.sh -x")]
    [TestCase("TRAIN.PY", "/usr/bin/python3 /w/TRAIN.PY -x")]
    public void The_ending_says_what_runs_it(string script, string expected)
    {
        Files("/w/" + script);
        Programs("/usr/bin/dotnet", "/usr/bin/pwsh", "/usr/bin/bash", "/usr/bin/python3");

        Assert.That(Line(Resolve(script, "-x")), Is.EqualTo(expected));
    }

    [TestCase("train")]
    [TestCase("train.sh")]
    [TestCase("./train.rb")]
    public void What_is_executable_runs_itself(string script)
    {
        Programs(Path.GetFullPath(script, "/w"));

        Assert.That(Line(Resolve(script, "-x")), Is.EqualTo(Path.GetFullPath(script, "/w") + " -x"));
    }

    [Test]
    public void A_program_on_the_path_is_found_by_its_name_alone()
    {
        Programs("/usr/bin/torchrun");

        Assert.That(Line(Resolve("torchrun", "train.py")), Is.EqualTo("/usr/bin/torchrun train.py"));
        Assert.Throws<TrainctlException>(() => Resolve("./torchrun"));
    }

    [Test]
    public void A_missing_script_names_the_nearest_one()
    {
        Files("/w/src/train.py", "/w/src/eval.py");

        var error = Assert.Throws<TrainctlException>(() => Resolve("src/trian.py"))!;

        Assert.That(error.ExitCode, Is.EqualTo(ErrorCatalog.StoreFailure));
        Assert.That(error.Message, Does.StartWith("There is no script 'src/trian.py' in '/w/src'").And.EndsWith("Did you mean 'train.py'?"));
    }

    [TestCase("train.py", "no python3 or python on PATH, nor a virtual environment")]
    [TestCase("train.cs", "no dotnet on PATH.")]
    [TestCase("train.ps1", "no pwsh on PATH.")]
    [TestCase("train.txt", "is not executable, and its ending does not say what runs it")]
    public void What_cannot_be_run_is_a_bad_argument(string script, string expected)
    {
        Files("/w/" + script);

        var error = Assert.Throws<TrainctlException>(() => Resolve(script))!;

        Assert.That(error.ExitCode, Is.EqualTo(ErrorCatalog.BadInput));
        Assert.That(error.Message, Does.Contain(expected));
    }

    private static string Line(ScriptCommand command) => $"{command.Program} {string.Join(' ', command.Arguments)}";

    private void Files(params string[] paths) => _files.UnionWith(paths);

    private void Programs(params string[] paths)
    {
        _files.UnionWith(paths);
        _executables.UnionWith(paths);
    }

    private ScriptCommand Resolve(string script, params string[] arguments) => Resolver("/w").Resolve(script, arguments);

    private ScriptResolver Resolver(string workingDirectory) => new(new ScriptSurroundings
    {
        WorkingDirectory = workingDirectory,
        Environment = name => _variables.GetValueOrDefault(name),
        IsFile = _files.Contains,
        IsExecutable = _executables.Contains,
        NamesIn = folder => [.. _files.Where(f => Path.GetDirectoryName(f) == folder).Select(static f => Path.GetFileName(f))],
        IsWindows = false,
    });
}
