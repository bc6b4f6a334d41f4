using Trainctl.Cli.Commands;
using Trainctl.Cli.Configuration;
using Trainctl.Cli.Options;
using Trainctl.Cli.Output;
using Trainctl.Testing;

namespace Trainctl.Cli.Tests;

/// <summary>Option, then environment, then file, then default.</summary>
public sealed class ConfigFileTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        for (var step = 1; step <= 5; step++)
            HuggingFaceRun.Write(_folder, "work/checkpoints", step);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("""{ "retention": { "keepLastN": 2 } }""", null, null, 2)]
    [TestCase("""{ "retention": { "keepLastN": "2" } }""", null, null, 2)]
    [TestCase("""{ "retention": { "keepLastN": 2 } }""", "3", null, 3)]
    [TestCase("""{ "retention": { "keepLastN": 2 } }""", "3", "4", 4)]
    [TestCase("""{ "retention": { "keepLastN": 2 } }""", null, "4", 4)]
    [TestCase("""{ /* why */ "$schema": "x", "retention": { "keepSteps": [1, 2], }, }""", null, null, 3)]
    [TestCase("""{ "retention": { "keepLastN": null } }""", null, null, 5)]
    public async Task The_nearest_wins(string config, string? environment, string? option, int left)
    {
        _folder.Write(ConfigFile.FileName, config);
        Directory.CreateDirectory(_folder.Combine("work"));
        string[] args = ["checkpoint", "cleanup", "work/checkpoints", .. option is null ? (string[])[] : ["--keep-last-n", option]];

        var run = await CommandRun.InAsync(_folder, environment is null ? [] : new() { ["TRAINCTL_KEEP_LAST_N"] = environment }, args);

        Assert.That((run.ExitCode, Directory.GetDirectories(_folder.Combine("work/checkpoints")).Length), Is.EqualTo((0, left)), run.ToString());
    }

    [TestCase("1", null, 5)]
    [TestCase("True", null, 5)]
    [TestCase("0", null, 1)]
    [TestCase("", null, 1)]
    [TestCase("1", "--dry-run=false", 1)]
    public async Task A_dry_run_may_be_asked_for_by_a_variable(string variable, string? option, int left)
    {
        string[] args = ["checkpoint", "cleanup", "work/checkpoints", "--keep-last-n", "1", .. option is null ? (string[])[] : [option]];

        var run = await CommandRun.InAsync(_folder, new Dictionary<string, string> { ["TRAINCTL_DRY_RUN"] = variable }, args);

        Assert.That((run.ExitCode, Directory.GetDirectories(_folder.Combine("work/checkpoints")).Length), Is.EqualTo((0, left)), run.ToString());
    }

    [TestCase("TRAINCTL_DRY_RUN", "yes", "--dry-run: 'yes' is neither true nor false. The variable TRAINCTL_DRY_RUN says so.")]
    [TestCase("TRAINCTL_KEEP_BEST", "few", "--keep-best: 'few' is no whole number. The variable TRAINCTL_KEEP_BEST says so.")]
    [TestCase("TRAINCTL_KEEP_BEST", "0", "The option is --keep-best. The variable TRAINCTL_KEEP_BEST says so.")]
    public async Task A_mistake_in_a_variable_names_the_variable(string name, string value, string message)
    {
        var run = await CommandRun.InAsync(_folder, new Dictionary<string, string> { [name] = value }, "checkpoint", "cleanup", "work/checkpoints", "--keep-last-n", "1", "--metric", "loss");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.StartWith("TRAINCTL2002: ").And.Contain(message));
        Assert.That(Directory.GetDirectories(_folder.Combine("work/checkpoints")), Has.Length.EqualTo(5));
    }

    [TestCase("\"ten\"", "--keep-last-n: 'ten' is no whole number. '{0}' says so (retention.keepLastN).")]
    [TestCase("0", "The option is --keep-last-n. '{0}' says so (retention.keepLastN).")]
    public async Task A_value_in_the_file_that_cannot_be_used_names_the_file(string value, string message)
    {
        var path = _folder.Write(ConfigFile.FileName, $$"""{ "retention": { "keepLastN": {{value}} } }""");

        var run = await CommandRun.InAsync(_folder, "checkpoint", "cleanup", "work/checkpoints");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.Contain(message.Replace("{0}", path, StringComparison.Ordinal)));
    }

    /// <summary>It is for all commands of the repository, and not each has to do with all that is in it.</summary>
    [Test]
    public async Task What_is_about_checkpoints_does_not_matter_to_a_watch_of_objects()
    {
        _folder.Write(ConfigFile.FileName, """{ "checkpoints": { "layout": "huggingface-trainer", "pattern": "^(?<run>[^/]+)/snap-(?<step>\\d+)/" } }""");

        var run = await CommandRun.InAsync(_folder, "s3", "watch", "work", "--once");

        Assert.That(run.ExitCode, Is.Zero, run.ToString());
    }

    [Test]
    public async Task A_request_to_ask_without_credentials_is_stronger_than_a_profile_in_the_file()
    {
        _folder.Write(ConfigFile.FileName, """{ "store": { "profile": "lab" } }""");

        var run = await CommandRun.InAsync(_folder, "s3", "list", "s3://bucket/", "--no-sign-request", "--endpoint-url", "http://127.0.0.1:1");

        Assert.That(run.Error, Does.Not.Contain("both set").And.Contain("127.0.0.1:1"), run.ToString());
    }

    [TestCase(null, "AWS_PROFILE=job")]
    [TestCase(null, "AWS_DEFAULT_PROFILE=job")]
    [TestCase(null, "AWS_ACCESS_KEY_ID=a")]
    [TestCase(null, "AWS_WEB_IDENTITY_TOKEN_FILE=token", "AWS_ROLE_ARN=arn:aws:iam::123456789012:role/job")]
    [TestCase("lab", "AWS_WEB_IDENTITY_TOKEN_FILE=token")]
    [TestCase("lab", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true")]
    [TestCase("mine", "TRAINCTL_PROFILE=mine", "AWS_DEFAULT_PROFILE=job")]
    public void A_profile_in_the_file_gives_way_to_the_credentials_of_the_environment(string? profile, params string[] variables)
    {
        _folder.Write(ConfigFile.FileName, """{ "store": { "profile": "lab", "endpointUrl": "http://127.0.0.1:1" } }""");
        var environment = variables.Select(static v => v.Split('=')).ToDictionary(static v => v[0], static v => v[1]);
        var host = new CliHost { WorkingDirectory = _folder.Path, Environment = environment.GetValueOrDefault, Out = TextWriter.Null, Error = TextWriter.Null };
        using var output = new CliOutput(host);

        var store = new Invocation(CommandLine.Create(host).Parse("s3 list s3://bucket/"), host, output, ConfigFile.Find(host, isUnwanted: false)).Store();

        Assert.That((store.Profile, store.EndpointUrl), Is.EqualTo((profile, new Uri("http://127.0.0.1:1"))));
    }

    [Test]
    public async Task It_is_found_upward_and_can_be_left_out()
    {
        _folder.Write(ConfigFile.FileName, """{ "retention": { "keepLastN": 2 } }""");
        using var work = new TemporaryFolder();
        var host = new CliHost { WorkingDirectory = _folder.Combine("work"), Environment = static _ => null, Out = TextWriter.Null, Error = TextWriter.Null };

        var without = await CommandLine.RunAsync(["checkpoint", "cleanup", "checkpoints", "--no-config"], host);
        var leftWithout = Directory.GetDirectories(_folder.Combine("work/checkpoints")).Length;
        var with = await CommandLine.RunAsync(["checkpoint", "cleanup", "checkpoints"], host);

        Assert.That((without, leftWithout, with, Directory.GetDirectories(_folder.Combine("work/checkpoints")).Length), Is.EqualTo((0, 5, 0, 2)));
    }

    /// <summary>Checkpoints are removed only where their copies are found.</summary>
    [TestCase("copies")]
    [TestCase("./copies/")]
    [TestCase("../{0}/copies")]
    public async Task Its_paths_begin_at_its_own_folder(string path)
    {
        var published = await CommandRun.InAsync(_folder, "checkpoint", "upload", "work/checkpoints", "copies", "--no-config");
        Assert.That(published.ExitCode, Is.Zero, published.ToString());
        var requireUploaded = path.Replace("{0}", Path.GetFileName(_folder.Path), StringComparison.Ordinal);
        _folder.Write(ConfigFile.FileName, $$"""{ "pruning": { "requireUploaded": "{{requireUploaded}}" }, "store": { "caBundle": "ca.pem" } }""");
        var host = new CliHost { WorkingDirectory = _folder.Combine("work"), Environment = static _ => null, Out = TextWriter.Null, Error = TextWriter.Null };
        using var output = new CliOutput(host);

        var below = await CommandLine.RunAsync(["checkpoint", "cleanup", "checkpoints", "--keep-last-n", "2"], host);
        var left = Directory.GetDirectories(_folder.Combine("work/checkpoints")).Length;
        var store = new Invocation(CommandLine.Create(host).Parse("s3 list x"), host, output, ConfigFile.Find(host, isUnwanted: false)).Store();
        var given = new Invocation(CommandLine.Create(host).Parse("s3 list x --ca-bundle ca.pem"), host, output, ConfigFile.Find(host, isUnwanted: false)).Store();

        Assert.That((below, left), Is.EqualTo((0, 2)));
        Assert.That((store.CaBundle, given.CaBundle), Is.EqualTo((_folder.Combine("ca.pem"), "ca.pem")));
    }

    [Test]
    public void An_address_in_it_stays_as_it_is()
    {
        _folder.Write(ConfigFile.FileName, """{ "pruning": { "requireUploaded": "s3://bucket/copies/" } }""");
        var host = new CliHost { WorkingDirectory = _folder.Path, Environment = static _ => null, Out = TextWriter.Null, Error = TextWriter.Null };

        Assert.That(ConfigFile.Find(host, isUnwanted: false).Values(PruneOptions.RequireUploaded), Is.EqualTo(new[] { "s3://bucket/copies/" }));
    }

    [Test]
    public async Task What_it_excludes_stays_excluded_when_more_is()
    {
        _folder.Write(ConfigFile.FileName, """{ "objects": { "exclude": ["precious/**"], "include": ["**.none"] } }""");
        _folder.Write("from/a.txt", "a");
        _folder.Write("to/precious/b.txt", "b");
        _folder.Write("to/c.tmp", "c");
        _folder.Write("to/d.txt", "d");

        var run = await CommandRun.InAsync(_folder, "s3", "sync", "from", "to", "--delete", "--include", "*", "--exclude", "*.tmp");

        Assert.That(run.ExitCode, Is.Zero, run.ToString());
        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "a.txt", "c.tmp", "precious/b.txt" }));
    }

    [TestCase("{", "it is no JSON")]
    [TestCase("[]", "it is not an object")]
    [TestCase("""{ "retentoin": {} }""", "it has 'retentoin'. Did you mean 'retention'?")]
    [TestCase("""{ "retention": { "keepLast": 3 } }""", "'retention' has 'keepLast'. Did you mean 'keepLastN'?")]
    [TestCase("""{ "retention": 3 }""", "'retention' is not an object")]
    [TestCase("""{ "retention": { "keepLastN": [3] } }""", "'retention.keepLastN' is array")]
    [TestCase("""{ "retention": { "allowRemovingNewest": true } }""", "'retention' has 'allowRemovingNewest'")]
    public async Task A_mistake_in_it_stops_everything(string config, string message)
    {
        var path = _folder.Write(ConfigFile.FileName, config);

        var run = await CommandRun.InAsync(_folder, "checkpoint", "cleanup", "work/checkpoints", "--keep-last-n", "1");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith($"TRAINCTL2005: '{path}' cannot be used: ").And.Contain(message).And.Contain("--no-config"));
        Assert.That(Directory.GetDirectories(_folder.Combine("work/checkpoints")), Has.Length.EqualTo(5));
    }

    /// <summary>An endpoint in a repository's file must not send a job's credentials elsewhere than its environment says.</summary>
    [Test]
    public async Task The_standard_variables_are_stronger_than_the_file()
    {
        _folder.Write(ConfigFile.FileName, """{ "store": { "endpointUrl": "http://127.0.0.1:1" } }""");
        var environment = new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:2", ["AWS_ACCESS_KEY_ID"] = "a", ["AWS_SECRET_ACCESS_KEY"] = "b",
        };

        var standard = await CommandRun.InAsync(_folder, environment, "s3", "list", "s3://bucket/");
        environment.Remove("AWS_ENDPOINT_URL");
        var file = await CommandRun.InAsync(_folder, environment, "s3", "list", "s3://bucket/");
        var option = await CommandRun.InAsync(_folder, environment, "s3", "list", "s3://bucket/", "--endpoint-url", "http://127.0.0.1:3");

        Assert.That(new[] { standard, file, option }.Select(static r => r.Error), Is.EqualTo(new[] { standard.Error, file.Error, option.Error }));
        Assert.That(standard.Error, Does.Contain("127.0.0.1:2"));
        Assert.That(file.Error, Does.Contain("127.0.0.1:1"));
        Assert.That(option.Error, Does.Contain("127.0.0.1:3"));
    }
}
