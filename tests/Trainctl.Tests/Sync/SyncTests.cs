using System.Net.Sockets;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Sync;

public sealed class SyncTests
{
    private static readonly SyncSettings FromTo = new() { Source = "from", Destination = "to" };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_second_sync_moves_nothing_in_either_direction()
    {
        _folder.Write("from/a.txt", "a");
        _folder.Write("from/deep/b.txt", "b");

        var first = await RunAsync(FromTo);
        var second = await RunAsync(FromTo);
        var back = await RunAsync(new SyncSettings { Source = "to", Destination = "from" });

        Assert.Multiple(() =>
        {
            Assert.That(first.Objects.Select(static o => (o.Key, o.Result)), Is.EqualTo(new[] { ("a.txt", OutcomeResult.Done), ("deep/b.txt", OutcomeResult.Done) }));
            Assert.That(second.Objects, Is.Empty);
            Assert.That(second.UnchangedObjects, Is.EqualTo(2));
            Assert.That(back.Objects, Is.Empty);
        });
    }

    [Test]
    public async Task A_large_object_travels_in_parts_and_arrives_whole()
    {
        var content = new byte[(5 * 1024 * 1024) + 17];
        new Random(1).NextBytes(content);
        _folder.Write("from/x", "");
        await File.WriteAllBytesAsync(_folder.Combine("from/large.bin"), content);

        var report = await RunAsync(FromTo with { Transfer = new TransferSettings { PartSizeBytes = 1024 * 1024 } });

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllBytes(_folder.Combine("to/large.bin")), Is.EqualTo(content));
            Assert.That(report.Objects[0].Checksum, Is.EqualTo(Crc64.Of(content).ToString()));
            Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "large.bin", "x" }), "nothing temporary stays");
        });
    }

    [Test]
    public async Task Odd_but_legal_names_survive_the_trip()
    {
        string[] names = ["a b", "+%#&';{}", "ünï", "日本", "😀", "=,@$!~^[]", ".hidden"];
        foreach (var name in names)
            _folder.Write("from/" + name, name);

        var report = await RunAsync(FromTo);

        Assert.That(_folder.Files("to"), Is.EquivalentTo(names), report.Describe().ToString());
    }

    [Test]
    public async Task Same_size_and_older_time_is_still_noticed()
    {
        var source = _folder.Write("from/a", "new");
        var destination = _folder.Write("to/a", "old");
        File.SetLastWriteTimeUtc(source, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(destination, new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        await RunAsync(FromTo);

        Assert.That(await File.ReadAllTextAsync(destination), Is.EqualTo("new"));
    }

    [TestCase(Comparison.SizeOnly, "old")]
    [TestCase(Comparison.SizeAndTime, "old")]
    [TestCase(Comparison.Checksum, "new")]
    public async Task Only_the_checksum_sees_a_change_that_keeps_size_and_time(Comparison comparison, string expected)
    {
        var time = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_folder.Write("from/a", "new"), time);
        File.SetLastWriteTimeUtc(_folder.Write("to/a", "old"), time);

        await RunAsync(FromTo with { Compare = comparison });

        Assert.That(await File.ReadAllTextAsync(_folder.Combine("to/a")), Is.EqualTo(expected));
    }

    [Test]
    public async Task Delete_removes_what_the_source_lacks_but_not_what_is_excluded()
    {
        _folder.Write("from/a", "a");
        _folder.Write("to/old/b", "b");
        _folder.Write("to/keep.log", "c");

        await RunAsync(FromTo with { Delete = true, Exclude = ["*.log"] });

        Assert.Multiple(() =>
        {
            Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "a", "keep.log" }));
            Assert.That(Directory.Exists(_folder.Combine("to/old")), Is.False, "an emptied folder goes too");
        });
    }

    [Test]
    public async Task Delete_is_refused_when_the_source_is_empty_or_missing()
    {
        _folder.Write("to/b", "b");
        var missing = await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(FromTo with { Delete = true }));
        Directory.CreateDirectory(_folder.Combine("from"));
        var empty = await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(FromTo with { Delete = true }));

        Assert.Multiple(() =>
        {
            Assert.That(missing!.Error, Is.EqualTo(TrainctlError.StoreNotFound));
            Assert.That(empty!.Error, Is.EqualTo(TrainctlError.EmptySource));
            Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "b" }));
        });
    }

    [Test]
    public async Task Links_are_followed_loops_end_and_dangling_ones_are_reported_and_protected()
    {
        _folder.Write("from/real/x", "x");
        Directory.CreateSymbolicLink(_folder.Combine("from/link"), _folder.Combine("from/real"));
        Directory.CreateSymbolicLink(_folder.Combine("from/real/loop"), _folder.Combine("from"));
        File.CreateSymbolicLink(_folder.Combine("from/dangling"), _folder.Combine("nowhere"));
        _folder.Write("to/dangling", "from before");

        var report = await RunAsync(FromTo with { Delete = true });

        Assert.Multiple(() =>
        {
            Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "dangling", "link/x", "real/x" }));
            Assert.That(
                report.Problems.Select(static p => (p.Key, p.Kind)),
                Is.EqualTo(new[] { ("dangling", ListingProblemKind.DanglingLink), ("link/loop", ListingProblemKind.LinkLoop), ("real/loop", ListingProblemKind.LinkLoop) }));
        });
    }

    [Test]
    public async Task Links_are_left_alone_when_not_followed()
    {
        _folder.Write("from/real/x", "x");
        Directory.CreateSymbolicLink(_folder.Combine("from/link"), _folder.Combine("from/real"));

        await RunAsync(FromTo with { FollowSymlinks = false });

        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "real/x" }));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public async Task A_socket_is_reported_and_the_rest_goes_on()
    {
        _folder.Write("from/a", "a");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder.Combine("from/s")));

        var report = await RunAsync(FromTo);

        Assert.Multiple(() =>
        {
            Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "a" }));
            Assert.That(report.Problems.Single().Kind, Is.EqualTo(ListingProblemKind.NotAFile));
        });
    }

    [Test]
    public async Task A_write_never_goes_through_a_link_out_of_the_destination_or_over_a_file_that_should_be_a_folder()
    {
        _folder.Write("from/out/x", "x");
        _folder.Write("from/file/y", "y");
        _folder.Write("from/ok", "z");
        Directory.CreateDirectory(_folder.Combine("elsewhere"));
        Directory.CreateDirectory(_folder.Combine("to"));
        Directory.CreateSymbolicLink(_folder.Combine("to/out"), _folder.Combine("elsewhere"));
        _folder.Write("to/file", "in the way");

        var report = await RunAsync(FromTo);

        Assert.Multiple(() =>
        {
            Assert.That(Directory.EnumerateFileSystemEntries(_folder.Combine("elsewhere")), Is.Empty);
            Assert.That(
                report.Objects.Select(static o => (o.Key, o.Result, o.ErrorCode)),
                Is.EqualTo(new[] { ("file/y", OutcomeResult.Refused, "TRAINCTL2004"), ("ok", OutcomeResult.Done, null), ("out/x", OutcomeResult.Refused, "TRAINCTL2004") }));
            Assert.That(report.ExitCode, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_dry_run_changes_nothing_and_says_what_the_real_run_then_does()
    {
        _folder.Write("from/a", "a");
        _folder.Write("from/b", "bb");
        _folder.Write("to/b", "b");
        _folder.Write("to/c", "c");
        var before = _folder.Files();

        var dry = await RunAsync(FromTo with { Delete = true, DryRun = true });
        var after = _folder.Files();
        var real = await RunAsync(FromTo with { Delete = true });

        Assert.Multiple(() =>
        {
            Assert.That(after, Is.EqualTo(before));
            Assert.That(
                dry.Objects.Select(static o => (o.Key, o.Action, o.Bytes, o.Reason)),
                Is.EqualTo(real.Objects.Select(static o => (o.Key, o.Action, o.Bytes, o.Reason))));
            Assert.That(dry.Objects.Select(static o => o.Reason), Is.EqualTo(new[] { "new", "size differs", "not at the source" }));
        });
    }

    [Test]
    public async Task One_thousand_and_one_objects_are_all_seen()
    {
        for (var i = 0; i < 1001; i++)
            _folder.Write($"from/{i}", "");

        var report = await RunAsync(FromTo);

        Assert.That(report.Objects, Has.Count.EqualTo(1001));
    }

    [Test]
    public void Cancelling_passes_through_and_leaves_nothing_temporary()
    {
        _folder.Write("from/a", "a");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Multiple(() =>
        {
            Assert.That(
                async () => await TestHost.Engine(_folder).SyncAsync(FromTo, cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(Directory.Exists(_folder.Combine("to")), Is.False);
        });
    }

    private Task<SyncReport> RunAsync(SyncSettings settings) => TestHost.Engine(_folder).SyncAsync(settings);
}
