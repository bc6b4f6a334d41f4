using System.Security.Cryptography;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

/// <summary>A file that somebody edits while it is copied from disk to disk, which keeps no checksum: no copy is a mixture of before and after.</summary>
public sealed class EditedFileTests
{
    private TemporaryFolder _folder = null!;
    private string _path = null!;
    private int _edits;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _edits = 0;
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    /// <summary>In memory, in one piece and in parts.</summary>
    [Test]
    public async Task The_copy_is_the_file_as_it_is_by_then([Values(50_000, 3_000_000, 40_000_000)] int size)
    {
        var report = await CopyAsync(size, most: 1);

        Assert.That(_edits, Is.EqualTo(1));
        Assert.That(report.ExitCode, Is.Zero, FailureSummary.Of(report));
        var copy = _folder.Combine("to/model.bin");
        Assert.That(SHA256.HashData(await File.ReadAllBytesAsync(copy)), Is.EqualTo(SHA256.HashData(await File.ReadAllBytesAsync(_path))));
        Assert.That(File.GetLastWriteTimeUtc(copy), Is.EqualTo(File.GetLastWriteTimeUtc(_path)));
    }

    [Test]
    public async Task One_that_never_rests_is_reported_and_gets_no_copy([Values(50_000, 3_000_000, 40_000_000)] int size)
    {
        var report = await CopyAsync(size, most: int.MaxValue);

        Assert.That(report.Objects.Single().ErrorCode, Is.EqualTo("TRAINCTL3002"), FailureSummary.Of(report));
        Assert.That(File.Exists(_folder.Combine("to/model.bin")), Is.False);
    }

    private async Task<SyncReport> CopyAsync(int size, int most)
    {
        _path = _folder.Write("from/model.bin", "");
        await File.WriteAllBytesAsync(_path, RandomNumberGenerator.GetBytes(size));
        File.SetLastWriteTimeUtc(_path, DateTime.UtcNow.AddHours(-1));
        return await new TrainctlEngine(TestHost.For(_folder) with { OpenStore = Open })
            .SyncAsync(new SyncSettings { Source = "from", Destination = "to", Transfer = new TransferSettings { PartConcurrency = 1 } });

        IObjectStore Open(ObjectUrl url, StoreSettings settings, EngineHost host) => url.Path.EndsWith("from", StringComparison.Ordinal)
            ? new HookedStore(new FolderStore(url)) { OnOpened = (_, content) => new InterruptedStream(content, Edit) }
            : new FolderStore(url);

        void Edit()
        {
            if (_edits >= most)
                return;
            _edits++;
            // All of it, so that the beginning that was read is not of the file as it is now; shared, as it is open.
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.Write(RandomNumberGenerator.GetBytes(size));
        }
    }
}
