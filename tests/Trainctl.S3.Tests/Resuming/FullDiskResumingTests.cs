using Trainctl.Storage;
using Trainctl.Testing;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>Downloads to a disk that is full.</summary>
public sealed class FullDiskResumingTests
{
    private const int Size = (4 * PartedScene.PartSize) + 17;

    private PartedScene _scene = null!;
    private SmallDisk _disk = null!;
    private byte[] _content = null!;

    [SetUp]
    public async Task SetUp()
    {
        _scene = await PartedScene.CreateAsync();
        _disk = SmallDisk.Mount(32 * 1024 * 1024, _scene.Folder.Combine("back"));
        _content = _scene.Write("big", Size, 1);
        await _scene.UploadAsync();
        File.Delete(_scene.Folder.Combine("big"));
        _scene.Requests();
    }

    [TearDown]
    public async Task TearDown()
    {
        _disk?.Dispose();
        await _scene.DisposeAsync();
    }

    [Test]
    public async Task A_disk_that_is_full_in_the_middle_keeps_what_is_proven_and_the_next_run_goes_on()
    {
        await _scene.DownloadUntilAsync(part: 4);
        // As on a file system that reserves nothing: two parts are there, and no room for the third.
        await using (var file = File.OpenWrite(_scene.Folder.Combine("back/" + TemporaryName.PartialOf("big"))))
            file.SetLength(2 * PartedScene.PartSize);
        _disk.Fill(butBytes: 0);

        var full = await _scene.DownloadAsync();

        Assert.That(full.Objects.Single().Error, Does.Contain("the disk is full"), _scene.Said);
        Assert.That(File.Exists(_scene.Folder.Combine("back/big")), Is.False);
        Assert.That(_scene.Said, Does.Contain("the next run goes on with them"));
        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "GET 3" }));

        _disk.Free();
        var report = await _scene.DownloadAsync();

        Assert.That(report.ExitCode, Is.Zero, report.Describe().ToString());
        Assert.That(_scene.Requests(), Is.EqualTo(new[] { "GET 3", "GET 4", "GET 5" }), _scene.Said);
        Assert.That((await File.ReadAllBytesAsync(_scene.Folder.Combine("back/big"))).AsSpan().SequenceEqual(_content), Is.True);
        await _scene.AssertNothingLeftAsync("back/big");
    }

    [Test]
    public async Task A_disk_that_is_full_from_the_beginning_is_left_as_it_was()
    {
        _disk.Fill(butBytes: 0);

        var full = await _scene.DownloadAsync();

        Assert.That(full.Objects.Single().Error, Does.Contain("the disk is full"), _scene.Said);
        await _scene.AssertNothingLeftAsync("back/ballast");
    }
}
