using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer.S5cmd;

/// <summary>What an s5cmd that fails, lies or dies does to the files of a user: nothing.</summary>
public sealed class S5cmdFaultTests
{
    private const string ForgeOneByte = """printf Z | dd of="$to" conv=notrunc bs=1 count=1 2> /dev/null""";

    private static readonly string[] Names = ["a", "deep/b c", "deep/it's \"*?[x] $HOME `ls` ünï 😀"];

    private TemporaryFolder _folder = null!;
    private FileBucket _bucket = null!;
    private RecordingLog _log = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _bucket = new FileBucket(_folder);
        _log = new RecordingLog();
        foreach (var name in Names)
        {
            File.SetLastWriteTimeUtc(_folder.Write("from/" + name, "content of " + name), new DateTime(2024, 2, 3, 4, 5, 6, DateTimeKind.Utc));
            _folder.Write("bucket/run/" + name, "content of " + name);
        }
    }

    [TearDown]
    public async Task TearDown()
    {
        await _bucket.DisposeAsync();
        _folder.Dispose();
    }

    private static IEnumerable<TestCaseData> Faults() =>
        from direction in new[] { "up", "down" }
        from fault in new (string Name, Script Script)[]
        {
            ("Wrong_bytes", Script(static f => new StandIn(f) { After = ForgeOneByte })),
            ("One_byte_too_many", Script(static f => new StandIn(f) { After = """printf x >> "$to" """ })),
            ("Nothing_written", Script(static f => new StandIn(f) { Copy = "" })),
            ("Empty_file", Script(static f => new StandIn(f) { Copy = """: > "$to" """ })),
            ("Exit_1_at_once", Script(static f => new StandIn(f) { Before = "exit 1" })),
            ("Nothing_said", Script(static f => new StandIn(f) { Say = "" })),
            ("Half_a_line_said", Script(static f => new StandIn(f) { Say = """printf '{"operation":"cp","success":tr'; exit 0""" })),
            ("Other_text_said", Script(static f => new StandIn(f) { Say = "echo panic: runtime error" })),
            ("An_error_said", Script(static f => new StandIn(f) { Copy = "", Say = """echo '{"operation":"cp","command":"cp x y","error":"AccessDenied"}' >&2""", End = "exit 1" })),
            ("Killed", Script(static f => new StandIn(f) { Before = """[ "$2" != "$to" ] || printf half > "${to}123456"; kill -9 $$""" })),
        }
        select new TestCaseData(direction, fault.Script).SetName($"{{m}}({direction}, {fault.Name})");

    [TestCaseSource(nameof(Faults))]
    public async Task The_built_in_backend_makes_good_what_s5cmd_fails(string direction, object fault)
    {
        var report = await RunAsync(((Script)fault).In(_folder), direction);

        Assert.Multiple(() =>
        {
            AssertArrived(report, direction);
            Assert.That(_log.Lines, Has.Some.Contains("the built-in backend does it again"));
        });
    }

    [TestCase("up")]
    [TestCase("down")]
    public async Task What_s5cmd_does_right_is_not_done_again(string direction)
    {
        var script = new StandIn(_folder);
        var report = await RunAsync(script, direction);

        Assert.Multiple(() =>
        {
            AssertArrived(report, direction);
            Assert.That(_log.Lines, Has.None.Contains("again"));
            Assert.That(_log.Lines, Has.Some.Match("^info: s5cmd 2.3.0 moves 3 objects, .* it was asked for"));
            Assert.That(report.Objects.Select(static o => o.Checksum), Has.None.Null);
            Assert.That(script.Arguments.Trim(), Does.EndWith(" run").And.Contain("--json"));
        });
    }

    [Test]
    public async Task Times_and_rights_are_those_of_the_built_in_backend()
    {
        await RunAsync(new StandIn(_folder), "up");
        await RunAsync(new StandIn(_folder) { After = """chmod 0777 "$to" """ }, "down");
        _folder.Write("other", "");

        Assert.That(File.GetLastWriteTimeUtc(_folder.Combine("to/a")), Is.EqualTo(new DateTime(2024, 2, 3, 4, 5, 6, DateTimeKind.Utc)));
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(_folder.Combine("to/a")), Is.EqualTo(File.GetUnixFileMode(_folder.Combine("other"))));
    }

    [Test]
    public async Task Secrets_go_through_the_environment_only()
    {
        var script = new StandIn(_folder);
        await RunAsync(script, "up");

        Assert.Multiple(() =>
        {
            Assert.That(script.Environment, Does.Contain("AWS_SECRET_ACCESS_KEY=" + FileBucket.Secret).And.Contain("AWS_ACCESS_KEY_ID=id")
                .And.Contain("AWS_SESSION_TOKEN=token").And.Contain("AWS_REGION=nowhere-1").And.Contain("S3_ENDPOINT_URL=http://localhost:1"));
            Assert.That(script.Environment, Has.None.StartsWith("AWS_PROFILE=").And.None.StartsWith("AWS_ENDPOINT_URL"));
            Assert.That(script.Arguments, Does.Not.Contain(FileBucket.Secret));
            Assert.That(string.Join('\n', _log.Lines), Does.Not.Contain(FileBucket.Secret));
        });
    }

    [Test]
    public async Task A_source_that_changes_meanwhile_is_sent_as_it_is_now()
    {
        await RunAsync(new StandIn(_folder) { After = """[ "$from" != "${from%/a}" ] && echo changed > "$from" """ }, "up");

        Assert.That(File.ReadAllText(_folder.Combine("bucket/run/a")), Is.EqualTo("changed\n"));
    }

    [Test]
    public async Task An_object_that_is_wrong_does_not_stay_when_nothing_can_replace_it()
    {
        // The file is gone when the second attempt reads it.
        var report = await RunAsync(new StandIn(_folder) { After = ForgeOneByte + """; rm "$from" """ }, "up");

        Assert.Multiple(() =>
        {
            Assert.That(report.Objects.Select(static o => o.Result), Is.All.EqualTo(OutcomeResult.Failed));
            Assert.That(_folder.Files("bucket").Where(static f => !f.EndsWith(".meta", StringComparison.Ordinal)), Is.Empty);
        });
    }

    [Test]
    public async Task An_object_that_is_wrong_and_may_not_be_deleted_is_told()
    {
        _bucket.IsUndeletable = true;
        await RunAsync(new StandIn(_folder) { After = ForgeOneByte + """; rm "$from" """ }, "up");

        Assert.That(_log.Lines, Has.Exactly(Names.Length).Match("^warning: 's3://bucket/run/.*could not be deleted: Denied\\."));
    }

    [Test]
    public async Task A_store_whose_tags_prove_nothing_is_left_to_the_built_in_backend()
    {
        _bucket.TagAs = static etag => "kms-" + etag;
        var report = await RunAsync(new StandIn(_folder), "up");

        Assert.Multiple(() =>
        {
            AssertArrived(report, "up");
            Assert.That(_log.Lines, Has.Some.Contains("s5cmd is not used again in this operation"));
        });
    }

    [Test]
    public async Task Cancelling_ends_s5cmd_and_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var script = new StandIn(_folder) { Before = $"""printf half > "$to"1; echo $$ > '{_folder.Combine("pid")}'; exec sleep 60""" };
        var running = RunAsync(script, "down", cancel.Token);
        while (!File.Exists(_folder.Combine("pid")) || new FileInfo(_folder.Combine("pid")).Length == 0)
            await Task.Delay(20);
        var process = int.Parse(await File.ReadAllTextAsync(_folder.Combine("pid")), System.Globalization.CultureInfo.InvariantCulture);
        await cancel.CancelAsync();

        await Assert.CatchAsync<OperationCanceledException>(() => running);
        Assert.Multiple(() =>
        {
            Assert.That(_folder.Files("to"), Is.Empty);
            Assert.That(() => System.Diagnostics.Process.GetProcessById(process), Throws.ArgumentException);
        });
    }

    private async Task<SyncReport> RunAsync(StandIn script, string direction, CancellationToken cancellationToken = default)
    {
        var path = script.Install(_bucket.Path);
        var engine = new TrainctlEngine(new EngineHost
        {
            WorkingDirectory = _folder.Path,
            Environment = name => name == "TRAINCTL_S5CMD" ? path : null,
            Log = _log,
            OpenStore = (url, settings, host) => url.IsFolder ? StoreOpener.Open(url, settings, host) : _bucket,
        });
        var (source, destination) = direction == "up" ? ("from", "s3://bucket/run") : ("s3://bucket/run", "to");
        if (direction == "up")
            Directory.Delete(_bucket.Path, recursive: true);
        return await engine.CopyAsync(
            new CopySettings { Source = source, Destination = destination, Recursive = true, Transfer = new TransferSettings { Backend = TransferBackend.S5cmd } },
            cancellationToken);
    }

    private void AssertArrived(SyncReport report, string direction)
    {
        var root = direction == "up" ? "bucket/run" : "to";
        Assert.That(report.Objects.Select(static o => o.Result), Is.All.EqualTo(OutcomeResult.Done).And.Exactly(Names.Length).Items);
        Assert.That(_folder.Files(root).Where(static f => !f.EndsWith(".meta", StringComparison.Ordinal)), Is.EquivalentTo(Names));
        foreach (var name in Names)
            Assert.That(File.ReadAllText(_folder.Combine($"{root}/{name}")), Is.EqualTo("content of " + name));
    }

    private static Script Script(Func<TemporaryFolder, StandIn> make) => new(make);
}

/// <summary>A stand-in that is made when its folder is known.</summary>
internal sealed record Script(Func<TemporaryFolder, StandIn> In);
