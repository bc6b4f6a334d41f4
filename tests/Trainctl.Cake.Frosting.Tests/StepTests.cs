using Cake.Core;
using Cake.Core.Diagnostics;
using Trainctl.Diagnostics;
using Trainctl.Testing;

namespace Trainctl.Cake.Frosting.Tests;

/// <summary>What the tasks do, without Frosting.</summary>
public sealed class StepTests
{
    private const string Secret = "sentinel0secret0key";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task A_step_is_done_and_its_report_printed_and_returned()
    {
        using var build = new BuildOnCakeCore();
        _folder.Write("source/{0}.txt", "braces are no format string");

        var report = await build.StageDataAsync(new() { Source = _folder.Combine("source"), Destination = _folder.Combine("data") });

        Assert.Multiple(() =>
        {
            Assert.That(report.Objects, Has.Count.EqualTo(1));
            Assert.That(_folder.Files("data"), Is.EqualTo(new[] { "{0}.txt" }));
            Assert.That(build.Lines, Has.Some.Contains("{0}.txt"));
        });
    }

    [TestCase(null, true)]
    [TestCase("true", true)]
    [TestCase("false", false)]
    public async Task Dry_run_is_an_argument_that_every_step_honours(string? value, bool isDryRun)
    {
        using var build = new BuildOnCakeCore(("dry-run", value));
        _folder.Write("source/a", "a");
        var settings = new Trainctl.Checkpoints.UploadCheckpointsSettings { Source = _folder.Combine("source"), Destination = _folder.Combine("store") };

        await build.StageDataAsync(new() { Source = _folder.Combine("source"), Destination = _folder.Combine("data") });
        await build.UploadCheckpointsAsync(settings);

        Assert.That(_folder.Files(), isDryRun ? Is.EqualTo(new[] { "source/a" }) : Does.Contain("data/a").And.Contain("store/a"));
    }

    [Test]
    public async Task A_dry_run_goes_on_where_an_earlier_step_would_have_created_what_is_missing()
    {
        using var build = new BuildOnCakeCore(("dry-run", null));
        var missing = _folder.Combine("missing");
        _folder.Write("train.cs", "return 1;");

        object?[] reports =
        [
            await build.UploadCheckpointsAsync(new() { Source = missing, Destination = _folder.Combine("store") }),
            await build.PruneCheckpointsAsync(new() { Location = missing, KeepLast = 1 }),
            await build.ReviewArtifactsAsync(new() { Location = missing, HtmlFile = _folder.Combine("review.html") }),
        ];
        var training = await build.RunTrainingAsync(new() { Script = _folder.Combine("train.cs"), Arguments = ["secret"] });

        Assert.Multiple(() =>
        {
            Assert.That(reports, Is.All.Null);
            Assert.That(build.Lines, Has.Exactly(3).StartsWith("Dry run: nothing to look at yet").And.Some.Contain($"Would run {_folder.Combine("train.cs")} by dotnet."));
            Assert.That((training.DryRun, training.ExitCode), Is.EqualTo((true, 0)));
            Assert.That(build.Lines, Has.None.Contains("secret"));
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "train.cs" }));
        });
    }

    [TestCase("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")]
    [TestCase("AWS_ENDPOINT_URL_S3", $"http://user:{Secret}@127.0.0.1:1")]
    [TestCase("AWS_ENDPOINT_URL_S3", $"http://127.0.0.1:1/?token={Secret}")]
    public async Task Neither_what_steps_say_nor_what_they_leave_holds_a_secret(string variable, string value)
    {
        var before = new Dictionary<string, string?>();
        var said = new List<string>();
        try
        {
            foreach (var (name, given) in (ReadOnlySpan<(string, string)>)
                [("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", Secret), ("AWS_SESSION_TOKEN", Secret), (variable, value)])
            {
                before[name] = Environment.GetEnvironmentVariable(name);
                Environment.SetEnvironmentVariable(name, given);
            }

            using var build = new BuildOnCakeCore { Verbosity = Verbosity.Diagnostic };
            _folder.Write("local/a", "a");
            foreach (var step in (Func<Task>[])
            [
                () => build.StageDataAsync(new() { Source = "s3://bucket/data", Destination = _folder.Combine("data"), LockFile = _folder.Combine("datasets.lock.json") }),
                () => build.UploadCheckpointsAsync(new() { Source = _folder.Combine("local"), Destination = "s3://bucket/runs" }),
                () => build.PruneCheckpointsAsync(new() { Location = "s3://bucket/runs", KeepLast = 1, PlanFile = _folder.Combine("plan.json") }),
                () => build.ReviewArtifactsAsync(new() { Location = "s3://bucket/runs", HtmlFile = _folder.Combine("review.html") }),
            ])
            {
                said.Add((await Assert.ThrowsAsync<CakeException>(() => step())).ToString());
            }

            said.AddRange(build.Lines);
        }
        finally
        {
            foreach (var (name, given) in before)
                Environment.SetEnvironmentVariable(name, given);
        }

        Assert.That(said, Has.Count.GreaterThanOrEqualTo(4).And.Some.Contains("TRAINCTL"));
        Assert.That(said.Concat(_folder.Files().Select(f => $"{f}: {File.ReadAllText(_folder.Combine(f))}")), Has.None.Contains(Secret));
    }

    [Test]
    public async Task A_failure_is_Cakes_with_code_and_exit_code()
    {
        using var build = new BuildOnCakeCore();

        var failure = await Assert.ThrowsAsync<CakeException>(
            () => build.UploadCheckpointsAsync(new() { Source = _folder.Combine("missing"), Destination = _folder.Combine("store") }));

        Assert.Multiple(() =>
        {
            Assert.That(failure.ExitCode, Is.EqualTo(ErrorCatalog.StoreFailure));
            Assert.That(failure.Message, Does.StartWith("TRAINCTL"));
        });
    }

    /// <summary>What fails afterwards may be something of the build's own.</summary>
    [Test]
    public void What_a_dry_run_goes_on_from_is_not_why_the_build_failed()
    {
        using var build = new BuildOnCakeCore(("dry-run", null));

        var exitCode = PipelineFailure.ExitCodeOf(() =>
        {
            build.UploadCheckpointsAsync(new() { Source = _folder.Combine("missing"), Destination = _folder.Combine("store") }).GetAwaiter().GetResult();
            return 77;
        });

        Assert.That(exitCode, Is.EqualTo(77));
    }

    [Test]
    public async Task A_training_ends_the_build_with_its_own_exit_code()
    {
        using var build = new BuildOnCakeCore();

        var failure = await Assert.ThrowsAsync<CakeException>(() => build.RunTrainingAsync(new() { Script = "dotnet", Arguments = ["no-such-command"] }));

        Assert.Multiple(() =>
        {
            Assert.That(failure.ExitCode, Is.EqualTo(1));
            Assert.That(failure.Message, Does.Contain("'dotnet' ended with exit code 1."));
        });
    }

    [Test]
    public async Task A_cancelled_operation_ends_with_130()
    {
        using var build = new BuildOnCakeCore();

        var failure = await Assert.ThrowsAsync<CakeException>(() => build.RunTrainctlAsync<Trainctl.Staging.StageDataReport>(
            static (_, _) => throw new OperationCanceledException()));

        Assert.That(failure.ExitCode, Is.EqualTo(ErrorCatalog.Cancelled));
    }
}
