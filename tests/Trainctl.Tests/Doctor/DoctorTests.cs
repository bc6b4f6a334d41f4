using Trainctl.Diagnostics;
using Trainctl.Doctor;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.Tests.Doctor;

/// <summary>The examination of folders, and what becomes of checks that fail; buckets are examined on the real server.</summary>
public sealed class DoctorTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_folder_is_examined_and_left_as_it_was()
    {
        _folder.Write("a/b", "content");

        var report = await ExamineAsync();

        Assert.That(report.Checks.Select(static c => (c.Name, c.Result)), Is.EqualTo(
            ((string[])["list", "write", "metadata", "range", "delete", "multipart"]).Select(static name => (name, CheckResult.Works))));
        Assert.That((report.ExitCode, report.Provider, report.FailureText), Is.EqualTo((0, (StoreProvider?)null, (string?)null)));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName), Is.EquivalentTo(new[] { "a", "b" }));
    }

    [Test]
    public async Task A_folder_that_is_not_there_is_not_made()
    {
        var report = await ExamineAsync("nowhere");

        Assert.That((report.ExitCode, report.FailureText), Is.EqualTo((3, report.FailureText)));
        Assert.That(report.FailureText, Does.StartWith("TRAINCTL1001: list: "));
        Assert.That(report.Checks, Has.Count.GreaterThan(1));
        Assert.That(report.Checks.Skip(1).Select(static c => c.Result), Has.All.EqualTo(CheckResult.NotTried));
        Assert.That(Directory.Exists(_folder.Combine("nowhere")), Is.False);
    }

    [Test]
    public async Task A_folder_is_only_read_when_that_is_asked_for()
    {
        _folder.Write("a", "content");

        var report = await ExamineAsync(readOnly: true);

        Assert.That(report.Checks.Where(static c => c.Result == CheckResult.Works).Select(static c => c.Name), Is.EqualTo(new[] { "list", "metadata", "range" }));
        Assert.That((report.ExitCode, report.DryRun), Is.EqualTo((0, true)));
        Assert.That(Directory.EnumerateFileSystemEntries(_folder.Path).Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_there_and_cannot_be_told_is_not_called_broken()
    {
        _folder.Write("empty", "");

        var report = await ExamineAsync(readOnly: true);

        Assert.That(report.Checks.Single(static c => c.Name == "range").Result, Is.EqualTo(CheckResult.NotTried));
        Assert.That(report.ExitCode, Is.Zero);
    }

    [TestCase(TrainctlError.AccessDenied, true, CheckResult.Denied, 3)]
    [TestCase(TrainctlError.AccessDenied, false, CheckResult.Denied, 0)]
    [TestCase(TrainctlError.CredentialsRejected, true, CheckResult.Denied, 3)]
    [TestCase(TrainctlError.StoreRejected, true, CheckResult.Failed, 3)]
    [TestCase(TrainctlError.StoreRejected, false, CheckResult.Unsupported, 0)]
    [TestCase(TrainctlError.StoreUnavailable, false, CheckResult.Unsupported, 0)]
    [TestCase(TrainctlError.ChecksumMismatch, true, CheckResult.Failed, 4)]
    [TestCase(TrainctlError.ChecksumMismatch, false, CheckResult.Failed, 0)]
    public async Task A_failure_has_a_result_and_counts_where_the_thing_is_needed(TrainctlError error, bool isNeeded, CheckResult result, int exitCode)
    {
        var list = new Checklist();
        await list.TryAsync("fine", true, static () => Task.FromResult(new Probe(true, "found", "")));

        var works = await list.TryAsync("x", isNeeded, () => throw new TrainctlException(error, "It went wrong."));

        var report = Report(list.Checks);
        Assert.That((works, list.Checks[1].Result, report.ExitCode), Is.EqualTo((false, result, exitCode)));
        Assert.That(report.FailureText, exitCode == 0 ? Is.Null : Is.EqualTo($"{ErrorCatalog.Code(error)}: x: It went wrong."));
        Assert.That(ReportText.Render(report.Describe()), result == CheckResult.Unsupported ? Does.Not.Contain("It went wrong.") : Does.Contain("It went wrong."));
    }

    [Test]
    public async Task A_bucket_of_another_region_is_told_with_what_to_set()
    {
        await using var bucket = new ProbedBucket { Answer = new StoreAnswer(200, TimeSpan.FromMilliseconds(1), TimeSpan.Zero, "there-2", "here-1") };

        var report = await ExamineAsync(bucket);

        var region = report.Checks.Single(static c => c.Name == "region");
        Assert.That((region.Result, region.Consequence), Is.EqualTo((CheckResult.Failed, (string?)null)));
        Assert.That(ReportText.Render(report.Describe()), Does.Contain("The bucket is in 'there-2', and requests are signed for 'here-1'. Set AWS_REGION"));
    }

    [Test]
    public async Task Nobody_goes_without_a_clock()
    {
        await using var bucket = new ProbedBucket { Answer = new StoreAnswer(200, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), "here-1", "here-1") };

        var clock = (await ExamineAsync(bucket)).Checks.Single(static c => c.Name == "clock");

        Assert.That((clock.Result, clock.Consequence), Is.EqualTo((CheckResult.Denied, (string?)null)));
    }

    [Test]
    public void Cancellation_is_no_result()
    {
        var list = new Checklist();

        Assert.That(async () => await list.TryAsync("x", true, static () => throw new OperationCanceledException()), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(list.Checks, Is.Empty);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_upload_that_may_not_be_aborted_is_told_and_named(bool mayList)
    {
        await using var bucket = new ProbedBucket { MayAbort = false, MayListUploads = mayList };

        var report = await ExamineAsync(bucket);

        var multipart = report.Checks.Single(static c => c.Name == "multipart");
        Assert.Multiple(() =>
        {
            Assert.That((multipart.Result, report.ExitCode), Is.EqualTo((CheckResult.Denied, ErrorCatalog.StoreFailure)));
            Assert.That(multipart.Error, Does.StartWith("Aborting was denied.").And.EndWith("allow s3:AbortMultipartUpload."));
            Assert.That(report.Checks.Single(static c => c.Name == "unfinished uploads").Result, Is.EqualTo(CheckResult.NotTried));
            Assert.That(report.Leftovers, Has.Exactly(1).Match(@"^\.trainctl-doctor-[0-9a-f]{16}/parts \(an unfinished upload\)$"));
            Assert.That((bucket.Begun, bucket.DamagedUploads.Count), Is.EqualTo((1, 0)));
        });
    }

    [TestCase(true, "review counts them, cleanup aborts old ones")]
    [TestCase(false, "review counts them, cleanup aborts none")]
    public async Task Whether_uploads_have_an_age_decides_what_cleanup_does(bool isTold, string consequence)
    {
        await using var bucket = new ProbedBucket { DatesUploads = isTold };

        var listing = (await ExamineAsync(bucket)).Checks.Single(static c => c.Name == "unfinished uploads");

        Assert.That((listing.Result, listing.Consequence), Is.EqualTo((CheckResult.Works, consequence)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_damaged_part_is_sent_to_an_upload_that_goes_again(bool checksParts)
    {
        await using var bucket = new ProbedBucket { ChecksParts = checksParts };

        var report = await ExamineAsync(bucket);

        Assert.That(report.Checks.Single(static c => c.Name == "damage").Result, Is.EqualTo(checksParts ? CheckResult.Works : CheckResult.Failed));
        Assert.That((report.ExitCode, bucket.DamagedUploads.Count, bucket.Uploads.Count, report.Leftovers.Count), Is.EqualTo((checksParts ? 0 : 4, 1, 0, 0)));
    }

    [TestCase(true, CheckResult.Works)]
    [TestCase(false, CheckResult.Denied)]
    public async Task Uploads_that_may_be_aborted_leave_nothing(bool mayList, CheckResult listing)
    {
        await using var bucket = new ProbedBucket { MayListUploads = mayList };

        var report = await ExamineAsync(bucket);

        Assert.That(report.Checks.Single(static c => c.Name == "multipart").Result, Is.EqualTo(CheckResult.Works));
        Assert.That(report.Checks.Single(static c => c.Name == "unfinished uploads").Result, Is.EqualTo(listing));
        Assert.That((report.Leftovers.Count, bucket.Uploads.Count, report.ExitCode), Is.EqualTo((0, 0, 0)));
    }

    [Test]
    public void What_is_left_behind_is_named() =>
        Assert.That(ReportText.Render((Report([]) with { Leftovers = [".trainctl-doctor-1/object"] }).Describe()), Does.Contain("could not be removed: .trainctl-doctor-1/object"));

    private static Task<DoctorReport> ExamineAsync(ProbedBucket bucket) => new Examination(
        new DoctorSettings { Location = bucket.Root }, new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null }, bucket).RunAsync(CancellationToken.None);

    private static DoctorReport Report(IReadOnlyList<DoctorCheck> checks) =>
        new() { Operation = "doctor", DryRun = false, Duration = TimeSpan.Zero, Location = "s3://b/", Checks = checks };

    private Task<DoctorReport> ExamineAsync(string folder = ".", bool readOnly = false) =>
        TestHost.Engine(_folder).ExamineAsync(new DoctorSettings { Location = ObjectUrl.Parse(folder), ReadOnly = readOnly });
}
