using System.Collections.Concurrent;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Folder.Flushing;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

/// <summary>A disk that says only in the end that it has not taken a small file.</summary>
public sealed class WritebackTests
{
    private readonly List<string> _flushed = [];
    private TemporaryFolder _folder = null!;
    private Predicate<string> _isBroken = static _ => false;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _flushed.Clear();
        foreach (var name in (string[])["a", "b", "c", "d/e", "f"])
            _folder.Write("from/" + name, name);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_file_that_is_not_on_the_disk_is_not_left_under_its_name_and_all_others_are_flushed()
    {
        _isBroken = static path => Path.GetFileName(path) is "b" or "e";

        var failure = (await Assert.ThrowsAsync<TrainctlException>(RunAsync))!;

        Assert.That(failure.Error, Is.EqualTo(TrainctlError.WriteFailed));
        Assert.That(failure.Message, Does.Contain("Input/output error"));
        Assert.That(_flushed.Select(Path.GetFileName), Is.EquivalentTo(new[] { "a", "b", "c", "e", "f" }));
        Assert.That(_folder.Files("to"), Is.EqualTo(new[] { "a", "c", "f" }));
    }

    [Test]
    public async Task The_next_run_brings_it_again()
    {
        _isBroken = static path => Path.GetFileName(path) is "b";
        await Assert.ThrowsAsync<TrainctlException>(RunAsync);
        _isBroken = static _ => false;

        var report = await RunAsync();

        Assert.That(report.Objects.Select(static o => o.Key), Is.EqualTo(new[] { "b" }));
        Assert.That(_folder.Files("to"), Is.EqualTo(_folder.Files("from")));
    }

    /// <summary>What is flushed in between is not the fault of the object that comes then.</summary>
    [Test]
    public async Task A_failure_on_the_way_is_told_by_the_flush_once()
    {
        using var group = new Writeback(_folder.Path, BreakAt("first")).BeginGroup();
        await group.AddAsync(_folder.Write("first", ""), CancellationToken.None);
        for (var i = 1; i < 5000; i++)
            await group.AddAsync(_folder.Combine("from/a"), CancellationToken.None);

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => group.FlushAsync(CancellationToken.None)))!;
        await group.FlushAsync(CancellationToken.None);

        Assert.That(failure.Message, Does.Contain("first"));
        Assert.That(File.Exists(_folder.Combine("first")), Is.False);
    }

    [Test]
    public async Task A_failure_is_told_to_the_one_who_wrote_the_file()
    {
        var writeback = new Writeback(_folder.Path, BreakAt("b"));
        using var first = writeback.BeginGroup();
        using var second = writeback.BeginGroup();
        await first.AddAsync(_folder.Combine("from/a"), CancellationToken.None);
        await second.AddAsync(_folder.Combine("from/b"), CancellationToken.None);

        await first.FlushAsync(CancellationToken.None);

        Assert.That((await Assert.ThrowsAsync<TrainctlException>(() => second.FlushAsync(CancellationToken.None)))!.Message, Does.Contain("from/b"));
    }

    /// <summary>A manifest that says that the files are there is written after its own flush, which another's must not cut short.</summary>
    [Test]
    public async Task A_flush_waits_for_files_that_another_is_flushing()
    {
        using var isFlushing = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        var writeback = new Writeback(_folder.Path, path =>
        {
            if (Path.GetFileName(path) != "b")
                return;
            isFlushing.Release();
            goOn.Wait();
        });
        using var first = writeback.BeginGroup();
        using var second = writeback.BeginGroup();
        await first.AddAsync(_folder.Combine("from/a"), CancellationToken.None);
        await second.AddAsync(_folder.Combine("from/b"), CancellationToken.None);

        var firsts = Task.Run(() => first.FlushAsync(CancellationToken.None));
        await isFlushing.WaitAsync();
        var seconds = second.FlushAsync(CancellationToken.None);
        var wasOver = seconds.IsCompleted;
        goOn.Set();
        await Task.WhenAll(firsts, seconds);

        Assert.That(wasOver, Is.False);
    }

    [Test]
    public async Task What_a_cancelled_flush_has_not_reached_is_flushed_by_the_next()
    {
        using var cancellation = new CancellationTokenSource();
        var flushed = new ConcurrentBag<string>();
        using var group = new Writeback(_folder.Path, path =>
        {
            flushed.Add(path);
            cancellation.Cancel();
        }).BeginGroup();
        var paths = Enumerable.Range(0, 100).Select(i => _folder.Write($"many/{i}", "")).ToList();
        foreach (var path in paths)
            await group.AddAsync(path, CancellationToken.None);

        await Assert.ThatAsync(() => group.FlushAsync(cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        await group.FlushAsync(CancellationToken.None);

        Assert.That(flushed, Is.EquivalentTo(paths));
    }

    /// <summary>A run that failed left files; who comes next, and finds them there, counts on them.</summary>
    [Test]
    public async Task Failures_of_a_run_that_has_ended_are_told_to_those_that_go_on()
    {
        var writeback = new Writeback(_folder.Path, BreakAt("b"));
        using (var ended = writeback.BeginGroup())
            await ended.AddAsync(_folder.Combine("from/b"), CancellationToken.None);
        using var other = writeback.BeginGroup();

        await Assert.ThrowsAsync<TrainctlException>(() => other.FlushAsync(CancellationToken.None));

        Assert.That(File.Exists(_folder.Combine("from/b")), Is.False);
    }

    private static Action<string> BreakAt(string name) => path =>
    {
        if (Path.GetFileName(path) == name)
            throw new IOException("Input/output error");
    };

    private Task<SyncReport> RunAsync() => new TrainctlEngine(TestHost.For(_folder) with
    {
        OpenStore = (url, _, _) => new FolderStore(url) { Writeback = new Writeback(url.Path, OnFlush) },
    }).SyncAsync(new SyncSettings { Source = "from", Destination = "to" });

    private void OnFlush(string path)
    {
        lock (_flushed)
            _flushed.Add(path);
        if (_isBroken(path))
            throw new IOException("Input/output error");
    }
}
