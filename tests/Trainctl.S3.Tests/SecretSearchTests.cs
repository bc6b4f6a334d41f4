using System.Collections.Concurrent;
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
using Trainctl.Transfer;
using Trainctl.Watching;

namespace Trainctl.S3.Tests;

/// <summary>
/// Every operation, with good and with bad credentials, and then a search for them in all that it wrote: messages of every level, reports in every form,
/// exceptions with their causes, all files, and the arguments of s5cmd.
/// </summary>
public sealed class SecretSearchTests
{
    private const string Sentinel = "sentinel0secret0key";
    private const string Token = "sentinel0session0token";

    private readonly ConcurrentQueue<string> _written = [];
    private TestBucket _bucket = null!;
    private TemporaryFolder _folder = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        _written.Clear();
        for (var step = 1; step <= 4; step++)
            HuggingFaceRun.Write(_folder, "checkpoints/run", step);
        _folder.Write("data/a.txt", "a");
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        _folder?.Dispose();
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    [Test]
    public async Task No_operation_that_succeeds_writes_a_secret_down()
    {
        var failed = await RunAllAsync(_bucket.Url(), []);

        Assert.That(failed, Is.Zero, string.Join('\n', _written.TakeLast(20)));
        Assert.That(File.ReadAllText(_folder.Combine("arguments")), Does.Contain("--numworkers").And.Contain("a.txt"));
        AssertNothingHolds(_bucket.Endpoint.SecretKey);
    }

    private static IEnumerable<TestCaseData> Failures()
    {
        yield return new TestCaseData(new Dictionary<string, string?> { ["AWS_SECRET_ACCESS_KEY"] = Sentinel }, "").SetArgDisplayNames("wrong secret");
        yield return new TestCaseData(new Dictionary<string, string?> { ["AWS_SECRET_ACCESS_KEY"] = Sentinel, ["AWS_SESSION_TOKEN"] = Token }, "").SetArgDisplayNames("wrong token");
        yield return new TestCaseData(new Dictionary<string, string?> { ["AWS_SECRET_ACCESS_KEY"] = Sentinel, ["AWS_ACCESS_KEY_ID"] = "nobody" }, "").SetArgDisplayNames("unknown key");
        yield return new TestCaseData(
            new Dictionary<string, string?> { ["AWS_SECRET_ACCESS_KEY"] = Sentinel, ["AWS_ENDPOINT_URL_S3"] = $"http://127.0.0.1:1/?X-Amz-Security-Token={Token}" }, "").SetArgDisplayNames("bad address");
        foreach (var address in (string[])[$"http://user:{Token}@127.0.0.1:1", $"user:{Token}@127.0.0.1:1", $"http://{Token}@127.0.0.1:1/"])
            yield return new TestCaseData(new Dictionary<string, string?> { ["AWS_SECRET_ACCESS_KEY"] = Sentinel, ["AWS_ENDPOINT_URL_S3"] = address }, "").SetArgDisplayNames(address.Replace(Token, "password", StringComparison.Ordinal));
        yield return new TestCaseData(
            new Dictionary<string, string?> { ["AWS_SECRET_ACCESS_KEY"] = Sentinel }, $"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature={Token}").SetArgDisplayNames("signed address");
    }

    [TestCaseSource(nameof(Failures))]
    public async Task No_operation_that_fails_writes_a_secret_down(Dictionary<string, string?> changes, string query)
    {
        var failed = await RunAllAsync(_bucket.Url(), changes, query);

        Assert.That(failed, Is.GreaterThanOrEqualTo(10), string.Join('\n', _written.TakeLast(20)));
        AssertNothingHolds(Sentinel, Token, _bucket.Endpoint.SecretKey);
    }

    /// <summary>How many operations failed.</summary>
    private async Task<int> RunAllAsync(ObjectUrl bucket, Dictionary<string, string?> changes, string query = "")
    {
        var s5cmd = InstallRecorder();
        var host = _bucket.Host(_folder.Path, new(changes) { ["TRAINCTL_S5CMD"] = s5cmd }) with
        {
            Log = new QueueLog(_written),
            Progress = new DirectProgress(p => _written.Enqueue(p.ToString()!)),
        };
        var engine = new TrainctlEngine(host);
        ObjectUrl Place(string key) => $"{bucket}{key}{query}";
        var transfer = new TransferSettings { Backend = TransferBackend.S5cmd };
        Func<Task<Report>>[] operations =
        [
            async () => await engine.UploadCheckpointsAsync(new UploadCheckpointsSettings { Source = "checkpoints", Destination = Place("runs") }),
            async () => await engine.SyncAsync(new SyncSettings { Source = "data", Destination = Place("data"), Transfer = transfer }),
            async () => await engine.SyncAsync(new SyncSettings { Source = "data", Destination = Place("data"), Delete = true, DryRun = true }),
            async () => await engine.StageDataAsync(new StageDataSettings { Source = Place("data"), Destination = "staged", LockFile = "datasets.lock.json" }),
            async () => await engine.CopyAsync(new CopySettings { Source = Place("data"), Destination = "copied", Recursive = true, Transfer = transfer }),
            async () => await engine.CopyAsync(new CopySettings { Source = "data/a.txt", Destination = Place("copy.txt") }),
            async () => await engine.ListAsync(new ListSettings { Location = Place("runs") }),
            async () => await engine.ListCheckpointsAsync(new ListCheckpointsSettings { Location = Place("runs") }),
            async () => await engine.VerifyCheckpointsAsync(new VerifyCheckpointsSettings { Location = Place("runs") }),
            async () => await engine.ReviewArtifactsAsync(new ReviewArtifactsSettings { Location = Place("runs"), HtmlFile = "review.html" }),
            async () => await engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = Place("runs"), KeepLast = 3, DryRun = true, PlanFile = "plan.json" }),
            async () => await engine.ApplyPruneAsync(new ApplyPrunePlanSettings { PlanFile = "plan.json" }),
            async () => await engine.PruneCheckpointsAsync(new PruneCheckpointsSettings { Location = Place("runs"), KeepLast = 2, Trash = ".trash" }),
        ];
        var failed = 0;
        foreach (var operation in operations)
            failed += await TryAsync(async () => Keep(await operation())) ? 0 : 1;
        failed += await TryAsync(async () =>
        {
            await foreach (var seen in engine.WatchAsync(new WatchSettings { Location = Place("data"), StateFile = "watch.json", Once = true }))
                _written.Enqueue(seen.ToString());
            return true;
        }) ? 0 : 1;
        return failed;
    }

    private async Task<bool> TryAsync(Func<Task<bool>> operation)
    {
        try
        {
            return await operation();
        }
        catch (TrainctlException exception)
        {
            _written.Enqueue($"{exception} {exception.Subject} {exception.ToDisplayString()}");
            for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
                _written.Enqueue($"{cause.Message} {string.Join(' ', cause.Data.Values.Cast<object?>())}");
            return false;
        }
    }

    private bool Keep(Report report)
    {
        foreach (var document in (ReportDocument[])[report.Describe(), report.Describe(detailed: true)])
            _written.Enqueue(ReportText.Render(document) + ReportMarkdown.Render(document));
        _written.Enqueue(ReportJson.Serialize(report) + report + FailureSummary.Of(report));
        return report.ExitCode == ErrorCatalog.Success;
    }

    private void AssertNothingHolds(params string[] secrets)
    {
        var texts = _written.Concat(_folder.Files().Select(f => $"{f}: {File.ReadAllText(_folder.Combine(f))}")).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(texts, Has.Length.GreaterThan(10));
            foreach (var secret in secrets)
                Assert.That(texts.Where(t => t.Contains(secret, StringComparison.OrdinalIgnoreCase)), Is.Empty);
        });
    }

    /// <summary>A program in the place of s5cmd that writes its arguments down and does nothing.</summary>
    private string InstallRecorder()
    {
        var path = _folder.Write("bin/s5cmd", $"#!/bin/sh\nif [ \"$1\" = version ]; then echo v2.3.0; exit 0; fi\necho \"$@\" >> '{_folder.Combine("arguments")}'\ncat >> '{_folder.Combine("arguments")}'\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private sealed class QueueLog(ConcurrentQueue<string> lines) : ITrainctlLog
    {
        public void Debug(string message) => lines.Enqueue(message);

        public void Info(string message) => lines.Enqueue(message);

        public void Warning(string message) => lines.Enqueue(message);
    }

    private sealed class DirectProgress(Action<TransferProgress> report) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => report(value);
    }
}
