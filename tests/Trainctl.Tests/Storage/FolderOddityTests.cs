using System.Diagnostics;
using System.Net.Sockets;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

/// <summary>What stands in folders and is no ordinary file.</summary>
[Platform(Exclude = "Win")]
public sealed class FolderOddityTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown()
    {
        Shell("rm -rf from");
        _folder.Dispose();
    }

    [Test]
    public async Task A_loop_of_links_at_the_destination_refuses_what_is_below_it_and_the_rest_moves([Values] bool dryRun)
    {
        _folder.Write("from/a/x", "x");
        _folder.Write("from/ok", "ok");
        Directory.CreateDirectory(_folder.Combine("to"));
        Directory.CreateSymbolicLink(_folder.Combine("to/a"), "b");
        Directory.CreateSymbolicLink(_folder.Combine("to/b"), "a");

        var report = await Engine.SyncAsync(new SyncSettings { Source = "from", Destination = "to", DryRun = dryRun });

        Assert.That(
            report.Objects.Select(static o => (o.Key, o.Result)),
            Is.EqualTo(new[] { ("a/x", OutcomeResult.Refused), ("ok", dryRun ? OutcomeResult.Planned : OutcomeResult.Done) }));
        Assert.That(report.Objects[0].Error, Does.Contain("'a' is a symbolic link that leads nowhere"));
    }

    [TestCase("f", "f", "is a file, and a folder is needed there")]
    [TestCase("f/deeper/still", "f", "is a file, and a folder is needed there")]
    [TestCase("gone", "gone", "is a symbolic link that leads nowhere")]
    [TestCase("gone/deeper", "gone", "is a symbolic link that leads nowhere")]
    public async Task A_destination_that_cannot_be_a_folder_is_refused_alike_in_dry_and_real_runs(string destination, string inTheWay, string reason)
    {
        _folder.Write("from/a", "a");
        _folder.Write("from/b/c", "c");
        _folder.Write("f", "a file");
        File.CreateSymbolicLink(_folder.Combine("gone"), "nothing");
        foreach (var dryRun in (bool[])[true, false])
        {
            var all = await Engine.CopyAsync(new CopySettings { Source = "from", Destination = destination, Recursive = true, DryRun = dryRun });
            var one = await Engine.CopyAsync(new CopySettings { Source = "from/a", Destination = destination + "/", DryRun = dryRun });
            var syncing = await Assert.ThrowsAsync<TrainctlException>(() => Engine.SyncAsync(new SyncSettings { Source = "from", Destination = destination, DryRun = dryRun }));

            Assert.That(all.Objects.Concat(one.Objects).Select(static o => (o.Key, o.Result, o.ErrorCode)), Is.EqualTo(new[]
            {
                ("a", OutcomeResult.Refused, "TRAINCTL2004"), ("b/c", OutcomeResult.Refused, "TRAINCTL2004"), ("a", OutcomeResult.Refused, "TRAINCTL2004"),
            }));
            Assert.That(one.Objects[0].Error, Does.Contain($"'{_folder.Combine(inTheWay)}' {reason}"));
            Assert.That((all.ExitCode, syncing!.Error), Is.EqualTo((ErrorCatalog.PartialFailure, TrainctlError.StoreNotFound)));
        }

        Assert.That(_folder.Files(), Is.EqualTo(new[] { "f", "from/a", "from/b/c", "gone" }));
    }

    [Test]
    public async Task A_socket_is_not_read_as_an_empty_file([Values] bool isLink)
    {
        _folder.Write("to/k", "before");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.Combine("s")));
        File.CreateSymbolicLink(_folder.Combine("link"), "s");
        await using var store = Store("");

        var copying = (await Assert.ThrowsAsync<TrainctlException>(() => Engine.CopyAsync(new CopySettings { Source = isLink ? "link" : "s", Destination = "to/k" })))!;
        var opening = (await Assert.ThrowsAsync<TrainctlException>(() => store.OpenReadAsync(isLink ? "link" : "s")))!;

        Assert.That((copying.Error, opening.Error), Is.EqualTo((TrainctlError.ReadFailed, TrainctlError.ReadFailed)));
        Assert.That(copying.Message, Does.Contain("is a socket, a pipe or a device"));
        Assert.That(File.ReadAllText(_folder.Combine("to/k")), Is.EqualTo("before"));
    }

    /// <summary>The system says of files below /proc that they are empty.</summary>
    [Test]
    [Platform("Linux")]
    public async Task A_file_that_claims_to_be_empty_and_is_not_is_not_copied_as_empty([Values] bool isLink)
    {
        File.CreateSymbolicLink(_folder.Combine("link"), "/proc/version");
        Directory.CreateDirectory(_folder.Combine("to"));

        var report = await Engine.CopyAsync(new CopySettings { Source = isLink ? "link" : "/proc/version", Destination = "to/version" });

        Assert.That((report.Objects[0].Result, report.Objects[0].ErrorCode), Is.EqualTo((OutcomeResult.Failed, "TRAINCTL1008")));
        Assert.That(report.Objects[0].Error, Does.Contain("says that it is empty, and it is not"));
        Assert.That(_folder.Files("to"), Is.Empty);
    }

    [Test]
    public async Task An_empty_file_is_copied()
    {
        _folder.Write("from/empty", "");

        var report = await Engine.SyncAsync(new SyncSettings { Source = "from", Destination = "to" });

        Assert.That((report.ExitCode, new FileInfo(_folder.Combine("to/empty")).Length), Is.EqualTo((ErrorCatalog.Success, 0L)));
    }

    [Test]
    public async Task A_pipe_or_a_socket_at_the_destination_stays_and_the_rest_moves([Values] bool dryRun)
    {
        foreach (var name in (string[])["pipe", "socket", "link", "ok"])
            _folder.Write($"from/{name}", name);
        using var socket = PlaceOddities();

        var report = await Engine.SyncAsync(new SyncSettings { Source = "from", Destination = "to", DryRun = dryRun });

        Assert.That(
            report.Objects.Select(static o => (o.Key, o.Result)),
            Is.EqualTo(new[]
            {
                ("link", OutcomeResult.Refused), ("ok", dryRun ? OutcomeResult.Planned : OutcomeResult.Done), ("pipe", OutcomeResult.Refused), ("socket", OutcomeResult.Refused),
            }));
        Assert.That(report.Objects[2].Error, Is.EqualTo($"'pipe' cannot be stored in '{_folder.Combine("to")}': a socket, a pipe or a device with this name is in the way."));
        Shell("test -p to/pipe -a -S to/socket -a -L to/link");
    }

    [TestCase("pipe")]
    [TestCase("socket")]
    [TestCase("link")]
    public async Task A_file_is_not_copied_over_a_pipe_or_a_socket(string name)
    {
        _folder.Write("k", "content");
        using var socket = PlaceOddities();

        var report = await Engine.CopyAsync(new CopySettings { Source = "k", Destination = $"to/{name}" });

        Assert.That((report.Objects[0].Result, report.Objects[0].ErrorCode, report.ExitCode), Is.EqualTo((OutcomeResult.Refused, "TRAINCTL2004", ErrorCatalog.PartialFailure)));
        Shell("test -p to/pipe -a -S to/socket -a -L to/link");
    }

    [Test]
    public async Task A_pipe_that_comes_while_its_file_is_written_stays()
    {
        Directory.CreateDirectory(_folder.Combine("to"));
        await using var store = Store("to");
        await using var write = await store.BeginMultipartAsync("pipe", 1, new PutOptions());
        await write.WritePartAsync(1, 0, "x"u8.ToArray());
        using var foreign = ForeignFile.Begin(store, "pipe");
        File.WriteAllText(foreign.TemporaryPath, "x");
        Shell("mkfifo to/pipe");

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => write.CompleteAsync(default)))!;
        var ofOther = Assert.Throws<TrainctlException>(() => foreign.Complete(DateTimeOffset.UtcNow))!;

        Assert.That((failure.Error, ofOther.Error), Is.EqualTo((TrainctlError.UnsafeKey, TrainctlError.UnsafeKey)));
        Shell("test -p to/pipe");
    }

    /// <summary>Bytes that are no UTF-8 read as U+FFFD, which may be the name of another file.</summary>
    [Test]
    [Platform("Linux")]
    public async Task Names_that_read_alike_are_listed_once_and_what_has_no_key_is_reported()
    {
        _folder.Write("from/\uFFFD", "valid");
        Directory.CreateDirectory(_folder.Combine("to"));
        Make("from", @"\377", @"\376", @"other\377", @"other\376");
        var problems = new List<ListingProblem>();
        await using var store = Store("from");

        var listed = await store.ListAsync(new ListRequest { OnProblem = problems.Add }).ToListAsync();
        await Engine.SyncAsync(new SyncSettings { Source = "from", Destination = "to", Delete = true });
        var again = await Engine.SyncAsync(new SyncSettings { Source = "from", Destination = "to", Delete = true });

        Assert.That(listed.Select(static o => (o.Key, o.Size)), Is.EqualTo(new[] { ("\uFFFD", 5L) }));
        Assert.That(
            problems.Select(static p => (p.Key, p.Kind)).Order(),
            Is.EqualTo(new[] { "other\uFFFD", "other\uFFFD", "\uFFFD", "\uFFFD" }.Select(static key => (key, ListingProblemKind.InvalidName))));
        Assert.That((again.UnchangedObjects, again.Objects.Count), Is.EqualTo((1, 0)));
        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "\uFFFD" }));
    }

    [Test]
    public async Task What_is_wrong_with_a_name_is_no_matter_of_a_longer_one()
    {
        _folder.Write("from/run/checkpoint-10/w", "x");
        File.CreateSymbolicLink(_folder.Combine("from/run/checkpoint-1"), "nowhere");
        var problems = new List<ListingProblem>();
        await using var store = Store("from");

        await store.ListAsync(new ListRequest { Prefix = "run/checkpoint-10/", OnProblem = problems.Add }).ToListAsync();
        Assert.That(problems, Is.Empty);
        await store.ListAsync(new ListRequest { Prefix = "run/checkpoint-1", OnProblem = problems.Add }).ToListAsync();
        Assert.That(problems.Select(static p => p.Key), Is.EqualTo(new[] { "run/checkpoint-1" }));
    }

    private TrainctlEngine Engine => TestHost.Engine(_folder);

    /// <summary>A pipe, a socket that is open until it is disposed of, and a link to the pipe.</summary>
    private Socket PlaceOddities()
    {
        Directory.CreateDirectory(_folder.Combine("to"));
        Shell("mkfifo to/pipe && ln -s pipe to/link");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.Combine("to/socket")));
        return socket;
    }

    private FolderStore Store(string path) => new(ObjectUrl.Parse(_folder.Combine(path)));

    /// <summary>Empty files by names in bytes, which .NET can neither write nor delete.</summary>
    private void Make(string folder, params string[] names)
    {
        foreach (var name in names)
            Shell($": > \"{folder}/$(printf '{name}')\"");
    }

    private void Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { WorkingDirectory = _folder.Path })!;
        shell.WaitForExit();
        Assert.That(shell.ExitCode, Is.Zero);
    }
}
