using System.Text;
using Trainctl.Diagnostics;
using Trainctl.Staging;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.Tests.Staging;

/// <summary>What is fetched is what the lock file records, whatever becomes of the source after it was compared with it.</summary>
public sealed class LockedFetchTests
{
    private static readonly StageDataSettings Settings = new() { Source = "s3://one/data", Destination = "data", LockFile = "datasets.lock.json" };

    private TemporaryFolder _folder = null!;
    private MemoryStore _bucket = null!;
    private Action<string>? _onSourceRead;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _bucket = new MemoryStore(Settings.Source, MemoryStore.S3Traits);
        _onSourceRead = null;
        await PutAsync(_bucket, "1,2");
        _folder.Write("store/a.csv", "1,2");
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _bucket.DisposeAsync();
    }

    [Test]
    public async Task An_object_that_is_replaced_after_the_comparison_is_not_staged([Values] bool isFolder, [Values("3,4", "longer")] string replacement)
    {
        var settings = isFolder ? Settings with { Source = "store" } : Settings;
        await RunAsync(settings);
        var locked = ReadLock();
        _folder.Write("data/a.csv", "older data");
        // The store is compared with the lock file by what it lists and keeps, so a folder's file is read twice: to be compared, and to be fetched.
        var reads = ReplaceAtRead(isFolder ? 2 : 1, isFolder, replacement);

        var report = await RunAsync(settings);

        Assert.Multiple(() =>
        {
            Assert.That(reads(), Is.GreaterThanOrEqualTo(isFolder ? 2 : 1));
            Assert.That(report.Objects.Single().ErrorCode, Is.EqualTo(ErrorCatalog.Code(TrainctlError.Drift)));
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(_folder.Files("data"), Is.EqualTo(new[] { "a.csv" }));
            Assert.That(File.ReadAllText(_folder.Combine("data/a.csv")), Is.EqualTo("older data"));
            Assert.That(ReadLock(), Is.EqualTo(locked));
        });
    }

    [Test]
    public async Task An_object_that_is_replaced_after_the_listing_is_locked_as_it_was_fetched([Values] bool isFolder, [Values("3,4", "longer")] string replacement)
    {
        var settings = isFolder ? Settings with { Source = "store" } : Settings;
        ReplaceAtRead(1, isFolder, replacement);

        var first = await RunAsync(settings);
        var locked = ReadLock();
        var again = await RunAsync(settings);
        var anew = await RunAsync(settings with { UpdateLock = true });

        Assert.That((first.ExitCode, first.Objects.Single().Bytes), Is.EqualTo((ErrorCatalog.Success, (long)replacement.Length)));
        Assert.That((again.ExitCode, again.Objects.Count, anew.ExitCode), Is.EqualTo((ErrorCatalog.Success, 0, ErrorCatalog.Success)));
        Assert.That(ReadLock(), Is.EqualTo(locked));
        Assert.That(File.ReadAllText(_folder.Combine("data/a.csv")), Is.EqualTo(replacement));
    }

    /// <summary>Stores count their ETags each by itself, so the same one at another source says nothing.</summary>
    [Test]
    public async Task An_equal_ETag_at_another_source_does_not_prove_the_content()
    {
        await RunAsync(Settings);
        var locked = ReadLock();
        await using var other = new MemoryStore("s3://two/data", MemoryStore.S3Traits);
        await PutAsync(other, "3,4");
        var sameETag = (await other.HeadAsync("a.csv"))!.ETag == (await _bucket.HeadAsync("a.csv"))!.ETag;

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(Settings with { Source = "s3://two/data" }, other)))!;

        Assert.Multiple(() =>
        {
            Assert.That(sameETag, Is.True, "the scene");
            Assert.That(error.Error, Is.EqualTo(TrainctlError.Drift));
            Assert.That(error.Message, Does.Contain("'a.csv' has other content"));
            Assert.That(File.ReadAllText(_folder.Combine("data/a.csv")), Is.EqualTo("1,2"));
            Assert.That(ReadLock(), Is.EqualTo(locked));
        });
    }

    /// <summary>Replaces the object right before one of the reads of the source.</summary>
    /// <returns>How many reads there were.</returns>
    private Func<int> ReplaceAtRead(int number, bool isFolder, string replacement)
    {
        var reads = 0;
        _onSourceRead = key =>
        {
            if (++reads != number)
                return;
            if (isFolder)
                _folder.Write($"store/{key}", replacement);
            else
                PutAsync(_bucket, replacement).GetAwaiter().GetResult();
        };
        return () => reads;
    }

    private string ReadLock() => File.ReadAllText(_folder.Combine("datasets.lock.json"));

    private Task<StageDataReport> RunAsync(StageDataSettings settings, MemoryStore? bucket = null) => new TrainctlEngine(TestHost.For(_folder) with
    {
        OpenStore = (url, store, host) =>
        {
            var opened = new HookedStore(url.IsFolder ? StoreOpener.Open(url, store, host) : bucket ?? _bucket);
            if (!url.IsFolder || url.Path.EndsWith("/store", StringComparison.Ordinal))
                opened.OnRead = key => _onSourceRead?.Invoke(key);
            return opened;
        },
    }).StageDataAsync(settings);

    /// <summary>With a checksum, as whatever Trainctl uploads has one.</summary>
    private static Task<StoredObject> PutAsync(MemoryStore store, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        return store.PutAsync("a.csv", bytes, new PutOptions { Checksum = Crc64.Of(bytes) });
    }
}
