using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
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
        var writeback = new Writeback(_folder.Path, path =>
        {
            if (Path.GetFileName(path) == "first")
                throw new IOException("Input/output error");
        });
        await writeback.AddAsync(_folder.Write("first", ""), CancellationToken.None);
        for (var i = 1; i < 5000; i++)
            await writeback.AddAsync(_folder.Combine("from/a"), CancellationToken.None);

        var failure = (await Assert.ThrowsAsync<TrainctlException>(() => writeback.FlushAsync(CancellationToken.None)))!;
        await writeback.FlushAsync(CancellationToken.None);

        Assert.That(failure.Message, Does.Contain("first"));
        Assert.That(File.Exists(_folder.Combine("first")), Is.False);
    }

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
