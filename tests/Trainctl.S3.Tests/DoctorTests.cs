using System.Collections.Concurrent;
using Amazon.S3;
using Amazon.S3.Model;
using Trainctl.Diagnostics;
using Trainctl.Doctor;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Testing.Faults;
using Trainctl.Testing.S3;

namespace Trainctl.S3.Tests;

/// <summary>What is told of the real server, of credentials that may little, and of a server that is not well; and that nothing is left behind.</summary>
public sealed class DoctorTests
{
    private static readonly string[] Probed =
    [
        "reach", "clock", "region", "credentials", "list", "versioning", "write", "metadata", "range", "delete", "multipart", "damage", "unfinished uploads", "tags",
        "copy", "conditional write", "conditional delete", "delete many",
    ];

    private static readonly Dictionary<string, string?> NoCredentials = new() { ["AWS_ACCESS_KEY_ID"] = "", ["AWS_SECRET_ACCESS_KEY"] = "" };

    private readonly ConcurrentBag<string> _begun = [];
    private TestBucket _bucket = null!;
    private FaultProxy _proxy = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bucket = await TestBucket.CreateAsync();
        _proxy = new FaultProxy(_bucket.Endpoint.Url) { Decide = Passed };
    }

    [TearDown]
    public async Task TearDown()
    {
        await _proxy.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    /// <summary>
    /// The moment does not matter: whatever is under way, what was written goes again. Every fourth request; TRAINCTL_TEST_SEARCH tries more of them.
    /// </summary>
    [Test]
    public async Task Cancelled_at_any_of_its_requests_it_leaves_nothing([Values] bool isVersioned)
    {
        if (isVersioned)
            await SwitchVersioningOnAsync();
        var cancelled = 0;
        for (var at = 1; ; at += Math.Max(1, 4 / SearchSize.Of(1)))
        {
            using var stop = new CancellationTokenSource();
            var requests = 0;
            await using var proxy = new FaultProxy(_bucket.Endpoint.Url)
            {
                Decide = request =>
                {
                    if (Interlocked.Increment(ref requests) == at)
                        stop.Cancel();
                    return Passed(request);
                },
            };
            try
            {
                await ExamineAsync(new Uri(proxy.Address), cancellationToken: stop.Token);
                if (requests < at)
                    break;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            Assert.That(await EverythingAsync(), Is.Empty, $"after it was cancelled at request {at}");
        }

        Assert.That(cancelled, Is.GreaterThan(4));
    }

    [Test]
    public async Task A_store_that_can_do_everything_needed_is_told_to_and_nothing_is_left([Values] bool isVersioned)
    {
        if (isVersioned)
            await SwitchVersioningOnAsync();

        var report = await ExamineAsync();

        Assert.That(report.Checks.Select(static c => c.Name), Is.EqualTo(Probed));
        Assert.That(report.Checks.Where(static c => c.IsNeeded).Select(static c => c.Result), Has.All.EqualTo(CheckResult.Works));
        Assert.That(report.Checks.Select(static c => c.Result), Has.All.EqualTo(CheckResult.Works).Or.EqualTo(CheckResult.Unsupported));
        Assert.That((report.ExitCode, report.Leftovers.Count, report.ClockDifference), Is.EqualTo((0, 0, TimeSpan.Zero)));
        Assert.That(Finding(report, "damage"), Is.EqualTo("a damaged object and a damaged part are refused"));
        Assert.That(Finding(report, "versioning"), Does.StartWith(isVersioned ? "on" : "off"));
        Assert.That(Finding(report, "credentials"), Is.EqualTo("the environment (AWS_ACCESS_KEY_ID)"));
        Assert.That(report.Provider, Is.EqualTo(StoreProvider.Ceph).Or.EqualTo(StoreProvider.Minio));
        Assert.That(await EverythingAsync(), Is.Empty);
    }

    /// <summary>The page's table of checks, of which related ones share a row.</summary>
    [Test]
    public void The_page_explains_every_check()
    {
        var page = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "doctor.md"));
        var explained = page.SkipWhile(static line => line != "| Check | what is tried | needed |").Skip(2).TakeWhile(static line => line.StartsWith('|'))
            .SelectMany(static line => line.Split('|')[1].Split(',')).Select(static name => name.Trim());

        Assert.That(explained, Is.EquivalentTo(Probed));
    }

    [Test]
    public async Task Nothing_secret_is_told()
    {
        var text = Reporting.ReportJson.Serialize(await ExamineAsync());

        Assert.That(text, Does.Not.Contain(_bucket.Endpoint.SecretKey).And.Not.Contain(_bucket.Endpoint.AccessKey));
        Assert.That(text, Does.Contain("\"provider\"").And.Contain("\"checks\"").And.Contain("\"facts\""));
    }

    [Test]
    public async Task Read_only_writes_nothing_and_looks_at_what_is_there()
    {
        await using (var store = _bucket.Open())
            await store.PutAsync("a", "content"u8.ToArray(), new PutOptions { Checksum = Transfer.Crc64.Of("content"u8) });
        var report = await ExamineAsync(readOnly: true);

        Assert.That(_proxy.Traffic.Total.SentBytes, Is.Zero);
        Assert.That(report.Checks.Where(static c => c.Result == CheckResult.Works).Select(static c => c.Name),
            Is.EqualTo(new[] { "reach", "clock", "region", "credentials", "list", "metadata", "range", "versioning" }));
        Assert.That(report.Checks.Where(static c => c.Result == CheckResult.NotTried).Select(static c => c.Name), Is.EqualTo(new[] { "write", "multipart", "delete" }));
        Assert.That(Finding(report, "metadata"), Is.EqualTo("there, with a checksum"));
        Assert.That((report.ExitCode, report.DryRun), Is.EqualTo((0, true)));
        Assert.That(await EverythingAsync(), Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public async Task Who_may_only_read_is_told_that_writing_is_denied_and_nothing_counts_as_left()
    {
        await AllowEverybodyAsync("s3:ListBucket", "s3:GetObject");

        var report = await ExamineAsync(settings: new StoreSettings { Anonymous = true }, changes: NoCredentials);

        Assert.That(Result(report, "list"), Is.EqualTo(CheckResult.Works));
        Assert.That(Result(report, "write"), Is.EqualTo(CheckResult.Denied));
        Assert.That(report.Checks.Where(static c => c.Result == CheckResult.NotTried).Select(static c => c.Name), Does.Contain("delete").And.Contain("multipart"));
        Assert.That(Finding(report, "credentials"), Does.StartWith("none"));
        Assert.That((report.ExitCode, report.Leftovers.Count), Is.EqualTo((3, 0)));
        Assert.That(report.FailureText, Does.StartWith("TRAINCTL1002: write: "));
    }

    [Test]
    public async Task Who_may_not_delete_leaves_one_object_and_is_told_which()
    {
        await AllowEverybodyAsync("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts");

        var report = await ExamineAsync(settings: new StoreSettings { Anonymous = true }, changes: NoCredentials);

        Assert.That(Result(report, "write"), Is.EqualTo(CheckResult.Works));
        Assert.That(Result(report, "delete"), Is.EqualTo(CheckResult.Denied));
        Assert.That(Result(report, "delete many"), Is.EqualTo(CheckResult.NotTried));
        Assert.That(report.Leftovers, Is.EqualTo(await EverythingAsync()).And.Count.EqualTo(1));
        Assert.That((report.ExitCode, report.FailureText), Is.EqualTo((3, report.FailureText)));
        Assert.That(report.FailureText, Does.StartWith("TRAINCTL1002: delete: "));
    }

    [Test]
    public async Task A_wrong_secret_is_denied_and_nothing_is_written()
    {
        var report = await ExamineAsync(changes: new() { ["AWS_SECRET_ACCESS_KEY"] = "wrong" });

        Assert.That(Result(report, "reach"), Is.EqualTo(CheckResult.Works));
        Assert.That(Result(report, "list"), Is.EqualTo(CheckResult.Denied));
        Assert.That(Result(report, "write"), Is.EqualTo(CheckResult.NotTried));
        Assert.That((report.ExitCode, report.Leftovers.Count), Is.EqualTo((3, 0)));
        Assert.That(report.FailureText, Does.StartWith("TRAINCTL1004: list: "));
    }

    /// <summary>Not even whether something is there can be seen then, and nothing is.</summary>
    [Test]
    public async Task Who_may_nothing_is_not_told_of_leftovers()
    {
        // A server without versions says so to anybody.
        var asksForVersions = (await S3TestServer.AbilitiesAsync(_bucket.Endpoint)).HasFlag(ServerAbility.Versions);
        var report = await ExamineAsync(settings: new StoreSettings { Anonymous = true }, changes: NoCredentials);

        Assert.That(report.Checks.Where(static c => c.Result == CheckResult.Denied).Select(static c => c.Name), Is.EqualTo(asksForVersions ? ["list", "versioning", "write"] : (string[])["list", "write"]));
        Assert.That((report.ExitCode, report.Leftovers.Count), Is.EqualTo((3, 0)));
    }

    [Test]
    public async Task Without_credentials_it_says_so_and_stops()
    {
        var report = await ExamineAsync(changes: NoCredentials);

        Assert.That(Result(report, "credentials"), Is.EqualTo(CheckResult.Denied));
        Assert.That(report.Checks[^1].Result, Is.EqualTo(CheckResult.NotTried));
        Assert.That(report.FailureText, Does.StartWith("TRAINCTL1003: credentials: "));
    }

    [Test]
    public async Task A_bucket_that_does_not_exist_is_told_once()
    {
        var report = await new TrainctlEngine(_bucket.Host(Path.GetTempPath(), [])).ExamineAsync(new DoctorSettings { Location = "s3://trainctl-no-such-bucket/x" });

        Assert.That(report.Checks.Where(static c => c.Error is not null).Select(static c => (c.Name, c.ErrorCode)), Is.EqualTo(new[] { ("list", "TRAINCTL1001") }));
        Assert.That((report.ExitCode, report.Leftovers.Count), Is.EqualTo((3, 0)));
    }

    [Test]
    public async Task Where_nobody_answers_the_report_says_so()
    {
        var report = await ExamineAsync(new Uri("http://127.0.0.1:1"));

        Assert.That(report.Checks.Select(static c => (c.Name, c.Result)), Is.EqualTo(
            new[] { ("reach", CheckResult.Failed), ("list", CheckResult.NotTried), ("write", CheckResult.NotTried) }));
        Assert.That((report.ExitCode, report.FailureText), Is.EqualTo((3, report.FailureText)));
        Assert.That(report.FailureText, Does.StartWith("TRAINCTL1005: reach: "));
    }

    [Test]
    public async Task A_service_that_changes_bytes_on_their_way_is_found_out()
    {
        await using var proxy = new FaultProxy(_bucket.Endpoint.Url)
        {
            Decide = request => request.Head.Method == "GET" && request.Key.Contains("doctor", StringComparison.Ordinal) ? new Fault(FaultKind.FlipAnswer) { At = 3 } : Passed(request),
        };

        var report = await ExamineAsync(new Uri(proxy.Address));

        Assert.That(Result(report, "range"), Is.EqualTo(CheckResult.Failed));
        Assert.That((report.ExitCode, report.FailureText), Is.EqualTo((4, report.FailureText)));
        Assert.That(await EverythingAsync(), Is.Empty);
    }

    [TestCase(3, "behind this machine's")]
    [TestCase(-3, "ahead of this machine's")]
    public async Task Clocks_that_differ_are_told(int minutes, string text)
    {
        var report = await new TrainctlEngine(_bucket.Host(Path.GetTempPath(), []) with { Time = new ShiftedTime(TimeSpan.FromMinutes(minutes)) }).ExamineAsync(new DoctorSettings { Location = _bucket.Url(), ReadOnly = true });

        Assert.That(report.ClockDifference!.Value.TotalMinutes, Is.EqualTo(-minutes).Within(0.2));
        Assert.That(Finding(report, "clock"), Does.Match($"^(2 min 5. s|3 min 0. s) {text}$"));
    }

    private static CheckResult Result(DoctorReport report, string name) => report.Checks.Single(c => c.Name == name).Result;

    private static string Finding(DoctorReport report, string name) => report.Checks.Single(c => c.Name == name).Finding;

    private Task<DoctorReport> ExamineAsync(
        Uri? endpoint = null, StoreSettings? settings = null, bool readOnly = false, Dictionary<string, string?>? changes = null, CancellationToken cancellationToken = default) =>
        new TrainctlEngine(_bucket.Host(Path.GetTempPath(), changes ?? [])).ExamineAsync(
            new DoctorSettings { Location = _bucket.Url(), ReadOnly = readOnly, Store = (settings ?? new StoreSettings()) with { EndpointUrl = endpoint ?? new Uri(_proxy.Address) } }, cancellationToken);

    /// <summary>Objects, hidden versions and unfinished uploads.</summary>
    private async Task<IReadOnlyList<string>> EverythingAsync()
    {
        await using var store = _bucket.OpenBucket();
        return
        [
            .. await store.ListAsync(new ListRequest()).Select(static o => o.Key).ToListAsync(),
            .. await store.IsVersionedAsync() ? await store.ListHiddenVersionsAsync().Select(static v => v.Key).ToListAsync() : [],
            .. Enumerable.Repeat("an unfinished upload", await _bucket.UnfinishedUploadsAsync(_begun.Distinct())),
        ];
    }

    /// <summary>Remembers the keys of uploads, which no server lists without fail.</summary>
    private Fault? Passed(S3Request request)
    {
        if (request.Kind == S3RequestKind.BeginUpload)
            _begun.Add(Uri.UnescapeDataString(request.Key));
        return null;
    }

    private async Task SwitchVersioningOnAsync()
    {
        await S3TestServer.RequireAsync(ServerAbility.Versions);
        await _bucket.Client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = _bucket.Name, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
    }

    private async Task AllowEverybodyAsync(params string[] actions) => await _bucket.Client.PutBucketPolicyAsync(new PutBucketPolicyRequest
    {
        BucketName = _bucket.Name,
        Policy = $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["{{string.Join("\",\"", actions)}}"],
            "Resource":["arn:aws:s3:::{{_bucket.Name}}","arn:aws:s3:::{{_bucket.Name}}/*"]}]}
            """,
    });

    /// <summary>The clock of a machine that nobody has set.</summary>
    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
