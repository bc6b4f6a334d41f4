using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Listing;
using Trainctl.Checkpoints.Verification;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Review;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Reporting;

/// <summary>What should have been listed and could not be is a failure of every operation that needed it, and what has no content is none.</summary>
public sealed class UnlistedTests
{
    private static readonly ListingProblem Hidden = new("run/checkpoint-3", ListingProblemKind.UnreadableFolder, "The folder 'run/checkpoint-3' could not be read: Permission denied.");

    private TemporaryFolder _folder = null!;
    private ListingProblem _problem = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _problem = Hidden;
        HuggingFaceRun.Write(_folder, "from/run", 1);
        HuggingFaceRun.Write(_folder, "from/run", 2);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase("sync", 1)]
    [TestCase("copy", 1)]
    [TestCase("stage", 1)]
    [TestCase("list", 1)]
    [TestCase("upload", 1)]
    [TestCase("checkpoints", 1)]
    [TestCase("verify", 3)]
    [TestCase("review", 1)]
    [TestCase("prune", 1)]
    public async Task A_folder_that_cannot_be_read_is_a_failure_that_names_it(string operation, int exitCode)
    {
        var report = await RunAsync(operation);

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(exitCode));
            Assert.That(FailureSummary.Of(report), Does.StartWith(exitCode == 3 ? "TRAINCTL1008: " : "TRAINCTL1010: ").And.EndWith(Hidden.Message));
        });
    }

    [TestCase("sync")]
    [TestCase("copy")]
    [TestCase("stage")]
    [TestCase("upload")]
    public async Task A_dry_run_fails_as_the_run_would(string operation) => Assert.That((await RunAsync(operation, dryRun: true)).ExitCode, Is.EqualTo(1));

    [TestCase(ListingProblemKind.UnreadableFile, 1)]
    [TestCase(ListingProblemKind.InvalidName, 1)]
    [TestCase(ListingProblemKind.DanglingLink, 0)]
    [TestCase(ListingProblemKind.LinkLoop, 0)]
    [TestCase(ListingProblemKind.LinkNotFollowed, 0)]
    [TestCase(ListingProblemKind.NotAFile, 0)]
    public async Task What_has_no_content_to_bring_is_no_failure(ListingProblemKind kind, int exitCode)
    {
        _problem = new ListingProblem("run/x", kind, "It is odd.");

        Assert.That((await RunAsync("sync")).ExitCode, Is.EqualTo(exitCode));
        Assert.That((await RunAsync("list")).ExitCode, Is.EqualTo(exitCode));
    }

    [Test]
    public async Task An_object_that_failed_is_named_first_and_both_are_counted()
    {
        _folder.Write("to/run/checkpoint-1", "in the way");

        var report = await RunAsync("sync");

        Assert.That(FailureSummary.Of(report), Does.StartWith("TRAINCTL1010: sync: 3 objects failed, 1 could not be listed, the rest is done; the report lists each. The first: run/checkpoint-1/config.json: "));
    }

    [TestCase("sync")]
    [TestCase("copy")]
    [TestCase("stage")]
    [TestCase("lock")]
    public async Task What_is_excluded_need_not_be_readable(string operation)
    {
        var report = await RunAsync(operation, exclude: "run/checkpoint-3/");

        Assert.That((report.ExitCode, report.Problems.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Of_one_checkpoint_only_what_hides_it_counts()
    {
        var engine = Engine();
        var settings = new VerifyCheckpointsSettings { Location = "from", Path = "run/checkpoint-2" };

        var seen = await engine.VerifyCheckpointsAsync(settings);
        var error = await Assert.ThrowsAsync<TrainctlException>(() => engine.VerifyCheckpointsAsync(settings with { Path = "run/checkpoint-3" }));

        Assert.That((seen.ExitCode, seen.Problems.Count), Is.EqualTo((0, 0)));
        Assert.That((error!.ExitCode, error.Message), Is.EqualTo((3, error.Message)));
        Assert.That(error.Message, Does.EndWith(Hidden.Message));
    }

    [Test]
    public async Task Every_gate_of_a_review_fails_that_cannot_be_checked()
    {
        var report = await Engine().ReviewArtifactsAsync(
            new ReviewArtifactsSettings { Location = "from", MaxTotalBytes = 1_000_000, FailOnIncompleteNewest = true, FailOnDanglingPointer = true });

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(6));
            Assert.That(report.FailedGates, Has.Count.EqualTo(3).And.All.Contains("cannot be checked: The folder 'run/checkpoint-3' could not be read"));
        });
    }

    [Test]
    public async Task Data_of_which_nothing_can_be_read_is_not_staged([Values(null, "l.json")] string? lockFile)
    {
        Directory.CreateDirectory(_folder.Combine("empty"));
        var settings = new StageDataSettings { Source = "empty", Destination = "to", LockFile = lockFile };

        var unreadable = await Assert.ThrowsAsync<TrainctlException>(() => Engine().StageDataAsync(settings));
        _problem = new ListingProblem("x", ListingProblemKind.DanglingLink, "'x' is a symbolic link to 'y', which is not there.");
        var dangling = await Assert.ThrowsAsync<TrainctlException>(() => Engine().StageDataAsync(settings));

        Assert.That((unreadable!.Error, dangling!.Error), Is.EqualTo((TrainctlError.ReadFailed, TrainctlError.SourceNotFound)));
        Assert.That(unreadable.Message, Does.EndWith(Hidden.Message));
        Assert.That(dangling.Message, Does.EndWith("'x' is a symbolic link to 'y', which is not there."));
    }

    [TestCase(ListingProblemKind.UnreadableFolder)]
    [TestCase(ListingProblemKind.DanglingLink)]
    public async Task A_lock_file_that_was_asked_for_and_not_written_is_a_failure(ListingProblemKind kind)
    {
        _problem = Hidden with { Kind = kind };

        var report = await RunAsync("lock");

        Assert.That(((StageDataReport)report).LockUse, Is.EqualTo(LockUse.None));
        Assert.That((report.ExitCode, FailureSummary.Of(report)), Is.EqualTo((
            1, $"TRAINCTL1010: the lock file '{_folder.Combine("l.json")}' was not written, because some of the data could not be listed or staged. The first: {Hidden.Message}")));
    }

    /// <summary>All that it names was found.</summary>
    [Test]
    public async Task What_a_lock_file_does_not_name_need_not_be_readable()
    {
        var settings = new StageDataSettings { Source = "from", Destination = "to", LockFile = "l.json" };
        await TestHost.Engine(_folder).StageDataAsync(settings);

        var report = await Engine().StageDataAsync(settings);

        Assert.That((report.LockUse, report.ExitCode, report.Problems.Count), Is.EqualTo((LockUse.Enforced, 0, 1)));
    }

    [Test]
    public async Task A_copy_of_which_nothing_can_be_read_says_why()
    {
        Directory.CreateDirectory(_folder.Combine("empty"));

        var error = await Assert.ThrowsAsync<TrainctlException>(() => Engine().CopyAsync(new CopySettings { Source = "empty", Destination = "to", Recursive = true }));

        Assert.That((error!.ExitCode, error.Message), Is.EqualTo((3, $"Nothing of '{_folder.Combine("empty")}' could be read. {Hidden.Message}")));
    }

    private async Task<Report> RunAsync(string operation, bool dryRun = false, string? exclude = null)
    {
        IReadOnlyList<string> excluded = exclude is null ? [] : [exclude];
        return operation switch
        {
            "sync" => await Engine().SyncAsync(new SyncSettings { Source = "from", Destination = "to", DryRun = dryRun, Exclude = excluded }),
            "copy" => await Engine().CopyAsync(new CopySettings { Source = "from", Destination = "to", Recursive = true, DryRun = dryRun, Exclude = excluded }),
            "stage" => await Engine().StageDataAsync(new StageDataSettings { Source = "from", Destination = "to", DryRun = dryRun, Exclude = excluded }),
            "lock" => await Engine().StageDataAsync(new StageDataSettings { Source = "from", Destination = "to", LockFile = "l.json", UpdateLock = true, Exclude = excluded }),
            "list" => await Engine().ListAsync(new ListSettings { Location = "from" }),
            "upload" => await Engine().UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "from", Destination = "to", DryRun = dryRun }),
            "checkpoints" => await Engine().ListCheckpointsAsync(new ListCheckpointsSettings { Location = "from" }),
            "verify" => await Engine().VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = "from" }),
            "review" => await Engine().ReviewArtifactsAsync(new ReviewArtifactsSettings { Location = "from" }),
            _ => await Engine().PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = "from" }),
        };
    }

    private TrainctlEngine Engine() => new(TestHost.For(_folder) with
    {
        OpenStore = (url, settings, host) =>
        {
            var store = StoreOpener.Open(url, settings, host);
            return url.Path.EndsWith("to", StringComparison.Ordinal) ? store : new HookedStore(store) { Problem = _problem };
        },
    });
}
