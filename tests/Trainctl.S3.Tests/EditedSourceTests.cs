using System.Security.Cryptography;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>A file that somebody edits while it is uploaded to a real server: no object is a mixture of before and after.</summary>
public sealed class EditedSourceTests
{
    private const int InParts = 40 * 1024 * 1024;
    private const int Whole = 3 * 1024 * 1024;
    private const string Name = "large.bin";

    private TestBucket _bucket = null!;
    private TemporaryFolder _folder = null!;
    private string _path = null!;
    private int _size;

    public enum Edit
    {
        Rewritten,
        Appended,
        CutShort,
        Replaced,
        Deleted,
    }

    [SetUp]
    public async Task SetUpAsync()
    {
        _bucket = await TestBucket.CreateAsync();
        _folder = new TemporaryFolder();
        _path = _folder.Write("from/" + Name, "");
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        _folder?.Dispose();
        if (_bucket is not null)
            await _bucket.DisposeAsync();
    }

    [Test]
    public Task It_is_sent_again_as_it_is_by_then_unless_it_is_gone([Values] Edit edit, [Values(1, 2, 4)] int read) => EditAsync(InParts, edit, read);

    /// <summary>The first reading is for the digests, the second sends.</summary>
    [Test]
    public Task One_that_goes_in_one_request_is_sent_again_unless_it_is_gone([Values] Edit edit, [Values(1, 2)] int read) => EditAsync(Whole, edit, read);

    /// <summary>It is read three times, and there is no version of it that could be sent.</summary>
    [Test]
    public async Task One_that_is_edited_whenever_it_is_read_is_reported([Values(Edit.Rewritten, Edit.Replaced)] Edit edit)
    {
        await WriteAsync(InParts);
        var edits = 0;

        var report = await SyncAsync(Hooked(_ =>
        {
            Apply(edit);
            edits++;
        }));

        Assert.That(edits, Is.EqualTo(3));
        Assert.That(report.Objects.Single().ErrorCode, Is.EqualTo("TRAINCTL3002"), FailureSummary.Of(report));
        await using var store = _bucket.Open();
        Assert.That(await store.HeadAsync(Name), Is.Null);
        Assert.That(await _bucket.UnfinishedUploadsAsync(Name), Is.Zero);
    }

    private async Task EditAsync(int size, Edit edit, int read)
    {
        await WriteAsync(size);
        var isEdited = false;
        var report = await SyncAsync(Hooked(reads =>
        {
            if (reads != read)
                return;
            Apply(edit);
            isEdited = true;
        }));
        await using var store = _bucket.Open();
        var there = await store.HeadAsync(Name);

        Assert.That(isEdited, Is.True);
        Assert.That(await _bucket.UnfinishedUploadsAsync(Name), Is.Zero);
        if (edit == Edit.Deleted)
        {
            Assert.That(report.Objects.Single(static o => o.Error is not null).ErrorCode, Is.AnyOf("TRAINCTL3002", "TRAINCTL1006"), FailureSummary.Of(report));
            Assert.That(there, Is.Null);
            return;
        }

        Assert.That(report.ExitCode, Is.Zero, FailureSummary.Of(report));
        Assert.That(report.Objects.Single().Result, Is.EqualTo(OutcomeResult.Done));
        await AssertIsTheFileAsync(store);
        var again = await SyncAsync(StoreOpener.Open);
        Assert.That(again.ExitCode, Is.Zero, FailureSummary.Of(again));
        await AssertIsTheFileAsync(store);
    }

    private async Task WriteAsync(int size)
    {
        _size = size;
        await File.WriteAllBytesAsync(_path, RandomNumberGenerator.GetBytes(size));
        File.SetLastWriteTimeUtc(_path, DateTime.UtcNow.AddHours(-1));
    }

    /// <summary>Tells of each reading of the file before it begins, by its number.</summary>
    private static StoreFactory Hooked(Action<int> onRead) => (url, settings, host) =>
    {
        var store = StoreOpener.Open(url, settings, host);
        var reads = 0;
        return url.IsFolder ? new HookedStore(store) { OnRead = _ => onRead(Interlocked.Increment(ref reads)) } : store;
    };

    private void Apply(Edit edit)
    {
        switch (edit)
        {
            case Edit.Rewritten: File.WriteAllBytes(_path, RandomNumberGenerator.GetBytes(_size)); break;
            case Edit.Appended: File.AppendAllText(_path, "more"); break;
            case Edit.CutShort:
                // Shared, or .NET would not open what is being read.
                using (var file = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                    file.SetLength(_size / 2);
                break;
            case Edit.Replaced:
                File.WriteAllBytes(_path + ".new", RandomNumberGenerator.GetBytes(_size));
                File.Move(_path + ".new", _path, overwrite: true);
                break;
            default: File.Delete(_path); break;
        }
    }

    private async Task AssertIsTheFileAsync(IObjectStore store)
    {
        var content = new byte[(await store.HeadAsync(Name))!.Size];
        await using var stream = await store.OpenReadAsync(Name);
        await stream.ReadExactlyAsync(content);
        Assert.That(SHA256.HashData(content), Is.EqualTo(SHA256.HashData(await File.ReadAllBytesAsync(_path))));
    }

    private Task<SyncReport> SyncAsync(StoreFactory open) => new TrainctlEngine(_bucket.Host(_folder) with { OpenStore = open })
        .SyncAsync(new SyncSettings { Source = "from", Destination = _bucket.Url(), Include = [Name], Transfer = new TransferSettings { PartConcurrency = 2 } });
}
