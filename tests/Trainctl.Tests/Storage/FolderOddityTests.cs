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
    public void TearDown() => _folder.Dispose();

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

    private TrainctlEngine Engine => TestHost.Engine(_folder);

    private FolderStore Store(string path) => new(ObjectUrl.Parse(_folder.Combine(path)));
}
