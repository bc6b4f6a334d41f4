using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Transfer;
using Trainctl.Transfer.S5cmd;

namespace Trainctl.Tests.Transfer.S5cmd;

/// <summary>Which s5cmd is used, and what is said when there is none.</summary>
public sealed class S5cmdProgramTests
{
    private TemporaryFolder _folder = null!;
    private RecordingLog _log = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _log = new RecordingLog();
        _folder.Write("from/a", "a");
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task It_is_found_on_PATH_in_absolute_folders_only()
    {
        var path = new StandIn(_folder).Install("");

        Assert.Multiple(() =>
        {
            Assert.That(Find("PATH", "bin"), Is.Null);
            Assert.That(Find("PATH", $"/nowhere{Path.PathSeparator}{_folder.Combine("bin")}"), Is.EqualTo(path));
            Assert.That(Find("TRAINCTL_S5CMD", "bin/s5cmd"), Is.EqualTo(path));
        });
        Assert.That((await S5cmdProgram.FindAsync(Host("TRAINCTL_S5CMD", path))).Program, Is.EqualTo(new S5cmdProgram(path, new S5cmdVersion(2, 3, 0))));
    }

    [TestCase("v2.1.0-beta", "is version 2.1.0, and 2.2.0 is the oldest")]
    [TestCase("something else", "does not answer 'version' as s5cmd does")]
    public async Task One_that_cannot_be_used_is_described(string version, string said)
    {
        var path = new StandIn(_folder) { Version = version }.Install("");

        var error = await FailureAsync(Host("TRAINCTL_S5CMD", path));

        Assert.That(error.Message, Does.Contain(path).And.Contain(said).And.Contain("https://github.com/peak/s5cmd/releases"));
    }

    [Test]
    public async Task None_at_all_is_said_before_anything_moves()
    {
        var error = await FailureAsync(Host("PATH", _folder.Path));

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.ProgramUnavailable));
            Assert.That(error.Message, Does.Contain("there is no s5cmd on PATH").And.Contain("TRAINCTL_S5CMD"));
            Assert.That(_folder.Files("bucket"), Is.Empty);
        });
    }

    [Test]
    public async Task A_file_that_does_not_run_is_described()
    {
        var path = _folder.Write("bin/s5cmd", "\u007fELF no program");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.That((await FailureAsync(Host("TRAINCTL_S5CMD", path))).Message, Does.Contain(path));
    }

    [Test]
    public async Task A_variable_that_names_nothing_is_described() =>
        Assert.That((await FailureAsync(Host("TRAINCTL_S5CMD", "nothing"))).Message, Does.Contain("TRAINCTL_S5CMD names 'nothing'"));

    [Test]
    public async Task Auto_does_without_it_and_says_so_once()
    {
        var moved = await RouteAsync(Host("PATH", ""), AlwaysPays, "a", "b");

        Assert.That(moved, Is.EqualTo(new[] { "a", "b" }), "left to the built-in backend");
        Assert.That(_log.Lines, Is.EqualTo(new[] { "debug: The built-in backend moves everything: there is no s5cmd on PATH." }));
    }

    [Test]
    public async Task Auto_takes_it_where_it_pays_and_says_why()
    {
        var moved = await RouteAsync(Host("TRAINCTL_S5CMD", new StandIn(_folder).Install(_folder.Combine("bucket"))), AlwaysPays, "a");

        Assert.That(moved, Is.Empty);
        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "a" }));
        Assert.That(_log.Lines, Has.Some.Match("^info: s5cmd 2.3.0 moves 1 object, .*: for such a job it is measured to be faster"));
    }

    [Test]
    public async Task Auto_leaves_a_job_to_the_built_in_backend_that_s5cmd_is_not_faster_at()
    {
        _folder.Write("bucket/run/a", "a");
        var script = new StandIn(_folder);

        await CopyAsync(Host("TRAINCTL_S5CMD", script.Install("")), TransferBackend.Auto, "s3://bucket/run", "to");

        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "a" }));
        Assert.That(script.Arguments, Is.Empty);
        Assert.That(_log.Lines, Has.Exactly(1).Contains("s5cmd is not measured to be clearly faster"));
    }

    [Test]
    public async Task With_a_bandwidth_Auto_leaves_everything_to_the_built_in_backend_and_says_why()
    {
        _folder.Write("bucket/run/a", "a");
        var script = new StandIn(_folder);

        await CopyAsync(Host("TRAINCTL_S5CMD", script.Install("")), new TransferSettings { BandwidthBytesPerSecond = 1024 * 1024 }, "s3://bucket/run", "to");

        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "a" }));
        Assert.That(script.Arguments, Is.Empty);
        Assert.That(_log.Lines, Is.EqualTo(new[] { "debug: The built-in backend moves everything: s5cmd cannot be limited to a bandwidth." }));
    }

    [Test]
    public async Task A_bandwidth_and_s5cmd_together_are_an_error()
    {
        var transfer = new TransferSettings { BandwidthBytesPerSecond = 1024 * 1024, Backend = TransferBackend.S5cmd };
        var host = Host("TRAINCTL_S5CMD", new StandIn(_folder).Install(""));

        var error = await Assert.ThrowsAsync<TrainctlException>(() => CopyAsync(host, transfer, "from", "s3://bucket/run"));

        Assert.Multiple(() =>
        {
            Assert.That(error!.Error, Is.EqualTo(TrainctlError.InvalidSetting));
            Assert.That(error.Message, Is.EqualTo("BandwidthBytesPerSecond is 1048576, and s5cmd was asked for, which cannot be limited. Leave one of them out."));
            Assert.That(_folder.Files("bucket"), Is.Empty);
        });
    }

    private static S5cmdRule AlwaysPays { get; } = new([new(TransferDirection.Download, 1, 2.0, 1.0)]);

    /// <summary>Downloads objects of 64 MiB, and answers the keys that are left to the built-in backend.</summary>
    private async Task<string[]> RouteAsync(EngineHost host, S5cmdRule rule, params string[] keys)
    {
        await using var bucket = new FileBucket(_folder);
        await using var folder = new FolderStore(ObjectUrl.Parse(_folder.Combine("to")));
        var items = new List<TransferItem>();
        foreach (var key in keys)
        {
            _folder.Write("bucket/run/" + key, new string('x', 64 * 1024 * 1024));
            items.Add(new TransferItem { Source = bucket, Object = (await bucket.HeadAsync(key))!, Destination = folder, Key = key });
        }

        using var route = new S5cmdRoute(TransferSettings.Default with { PartSizeBytes = 128 * 1024 * 1024 }, host, new ProgressMeter(host, "copy"), rule);
        return await route.RouteAsync(items.ToAsyncEnumerable(), static _ => ValueTask.CompletedTask).Select(static r => r.Item.Key).ToArrayAsync();
    }

    private string? Find(string variable, string value) => S5cmdLocator.Find(Host(variable, value), out _);

    private static async Task<TrainctlException> FailureAsync(EngineHost host) =>
        (await Assert.ThrowsAsync<TrainctlException>(() => CopyAsync(host, TransferBackend.S5cmd, "from", "s3://bucket/run")))!;

    private static Task<SyncReport> CopyAsync(EngineHost host, TransferBackend backend, string source, string destination) =>
        CopyAsync(host, new TransferSettings { Backend = backend }, source, destination);

    private static Task<SyncReport> CopyAsync(EngineHost host, TransferSettings transfer, string source, string destination) => new TrainctlEngine(host).CopyAsync(
        new CopySettings { Source = source, Destination = destination, Recursive = true, Transfer = transfer });

    private EngineHost Host(string variable, string value)
    {
        Directory.CreateDirectory(_folder.Combine("bucket"));
        return new EngineHost
        {
            WorkingDirectory = _folder.Path,
            Environment = name => name == variable ? value : null,
            Log = _log,
            OpenStore = (url, settings, host) => url.IsFolder ? StoreOpener.Open(url, settings, host) : new FileBucket(_folder),
        };
    }
}
