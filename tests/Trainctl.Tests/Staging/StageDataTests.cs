using Trainctl.Diagnostics;
using Trainctl.Staging;
using Trainctl.Testing;

namespace Trainctl.Tests.Staging;

public sealed class StageDataTests
{
    private static readonly StageDataSettings Settings = new() { Source = "store", Destination = "data", LockFile = "datasets.lock.json" };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _folder.Write("store/a.csv", "1,2");
        _folder.Write("store/sub/b.csv", "3,4");
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task The_first_run_fetches_and_writes_the_lock_the_second_has_nothing_to_do()
    {
        var first = await RunAsync(Settings);
        var locked = await File.ReadAllTextAsync(_folder.Combine("datasets.lock.json"));
        var second = await RunAsync(Settings);

        Assert.Multiple(() =>
        {
            Assert.That(first.Objects, Has.Count.EqualTo(2));
            Assert.That(first.LockUse, Is.EqualTo(LockUse.Written));
            Assert.That(locked, Does.Contain("\"key\": \"sub/b.csv\"").And.Contain("crc64nvme:"));
            Assert.That(second.Objects, Is.Empty);
            Assert.That((second.UnchangedObjects, second.LockUse), Is.EqualTo((2L, LockUse.Enforced)));
            Assert.That(File.ReadAllText(_folder.Combine("datasets.lock.json")), Is.EqualTo(locked));
        });
    }

    [Test]
    public async Task A_store_that_drifted_fails_with_every_difference_and_fetches_nothing()
    {
        await RunAsync(Settings);
        _folder.Write("store/a.csv", "9,9");
        File.Delete(_folder.Combine("store/sub/b.csv"));

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(Settings)))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.Drift));
            Assert.That(error.Message, Does.Contain("'a.csv' has other content").And.Contain("'sub/b.csv' is gone"));
            Assert.That(File.ReadAllText(_folder.Combine("data/a.csv")), Is.EqualTo("1,2"));
        });
    }

    [Test]
    public async Task To_update_no_lock_file_is_refused_before_anything_moves()
    {
        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(Settings with { LockFile = null, UpdateLock = true })))!;

        Assert.That((error.Error, error.Subject), Is.EqualTo((TrainctlError.InvalidSetting, nameof(StageDataSettings.UpdateLock))));
        Assert.That(Directory.Exists(_folder.Combine("data")), Is.False);
    }

    [Test]
    public async Task Update_accepts_what_the_store_holds_now()
    {
        await RunAsync(Settings);
        _folder.Write("store/a.csv", "9,9");

        await RunAsync(Settings with { UpdateLock = true });
        var again = await RunAsync(Settings);

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(_folder.Combine("data/a.csv")), Is.EqualTo("9,9"));
            Assert.That(again.Objects, Is.Empty);
        });
    }

    [TestCase("store/out", "below the source")]
    [TestCase("store", "the same place")]
    public async Task Staging_into_the_source_itself_is_refused(string destination, string why)
    {
        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(Settings with { Destination = destination, UpdateLock = true })))!;

        Assert.That(error.Error, Is.EqualTo(TrainctlError.InvalidSetting));
        Assert.That(error.Message, Does.Contain(why));
        Assert.That(_folder.Files(), Is.EqualTo(new[] { "store/a.csv", "store/sub/b.csv" }));
    }

    [Test]
    public async Task A_damaged_local_copy_of_the_same_size_and_time_is_fetched_again()
    {
        await RunAsync(Settings);
        var path = _folder.Combine("data/a.csv");
        var time = File.GetLastWriteTimeUtc(path);
        await File.WriteAllTextAsync(path, "1,3");
        File.SetLastWriteTimeUtc(path, time);

        var report = await RunAsync(Settings);

        Assert.Multiple(() =>
        {
            Assert.That(report.Objects.Single().Reason, Is.EqualTo("content differs"));
            Assert.That(File.ReadAllText(path), Is.EqualTo("1,2"));
        });
    }

    [Test]
    public async Task New_objects_at_the_source_are_left_alone_and_mentioned()
    {
        await RunAsync(Settings);
        _folder.Write("store/new.csv", "5");

        var report = await RunAsync(Settings);

        Assert.Multiple(() =>
        {
            Assert.That(File.Exists(_folder.Combine("data/new.csv")), Is.False);
            Assert.That(report.Notes.Single(), Does.StartWith("1 object at the source not in the lock file"));
        });
    }

    [TestCase("a.csv", null)]
    [TestCase(null, "sub/**")]
    public async Task A_narrower_choice_is_held_against_its_part_of_the_lock(string? include, string? exclude)
    {
        await RunAsync(Settings);
        File.Delete(_folder.Combine("data/a.csv"));
        File.Delete(_folder.Combine("store/sub/b.csv"));
        var narrow = Settings with { Include = include is null ? [] : [include], Exclude = exclude is null ? [] : [exclude] };

        var report = await RunAsync(narrow);
        _folder.Write("store/a.csv", "9,9");
        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(narrow)))!;

        Assert.Multiple(() =>
        {
            Assert.That((report.Objects.Single().Key, report.LockUse, report.Notes.Count), Is.EqualTo(("a.csv", LockUse.Enforced, 0)));
            Assert.That(error.Message, Does.Contain("'a.csv' has other content").And.Not.Contain("sub/b.csv"));
        });
    }

    [Test]
    public async Task A_narrower_update_leaves_the_rest_of_the_lock_as_it_was()
    {
        await RunAsync(Settings);
        _folder.Write("store/a.csv", "9,9");
        _folder.Write("store/sub/b.csv", "8,8");

        var report = await RunAsync(Settings with { UpdateLock = true, Include = ["a.csv"] });
        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(Settings)))!;

        Assert.Multiple(() =>
        {
            Assert.That(report.Notes.Single(), Is.EqualTo("1 object that Include and Exclude leave out: kept in the lock file as before."));
            Assert.That(error.Message, Does.Contain("'sub/b.csv' has other content").And.Not.Contain("a.csv"));
        });
    }

    [Test]
    public async Task Of_a_lock_that_cannot_be_read_nothing_stays()
    {
        _folder.Write("datasets.lock.json", "{");

        var report = await RunAsync(Settings with { UpdateLock = true, Include = ["a.csv"] });

        Assert.Multiple(() =>
        {
            Assert.That(report.Notes.Single(), Does.Contain("could not be read, so nothing of it was kept"));
            Assert.That(File.ReadAllText(_folder.Combine("datasets.lock.json")), Does.Contain("a.csv").And.Not.Contain("sub/b.csv"));
        });
    }

    [Test]
    public async Task Each_object_is_read_once_when_the_lock_is_written()
    {
        var stores = new List<HookedStore>();
        var engine = new TrainctlEngine(TestHost.For(_folder) with
        {
            OpenStore = (url, settings, host) =>
            {
                stores.Add(new HookedStore(StoreOpener.Open(url, settings, host)));
                return stores[^1];
            },
        });

        await engine.StageDataAsync(Settings);

        Assert.That(stores.SelectMany(static s => s.Reads), Is.EquivalentTo(new[] { "a.csv", "sub/b.csv" }));
    }

    [Test]
    public async Task No_lock_is_written_when_part_of_the_source_could_not_be_listed()
    {
        File.CreateSymbolicLink(_folder.Combine("store/dangling.csv"), _folder.Combine("nowhere"));

        var report = await RunAsync(Settings);

        Assert.Multiple(() =>
        {
            Assert.That(report.LockUse, Is.EqualTo(LockUse.None));
            Assert.That(File.Exists(_folder.Combine("datasets.lock.json")), Is.False);
            Assert.That(report.Notes.Single(), Does.Contain("lock file was not written"));
        });
    }

    [Test]
    public async Task A_dry_run_refuses_what_the_real_run_refuses([Values(null, "datasets.lock.json")] string? lockFile)
    {
        _folder.Write("data/sub", "a file where a folder is needed");

        var dry = await RunAsync(Settings with { LockFile = lockFile, DryRun = true });
        var real = await RunAsync(Settings with { LockFile = lockFile });

        Assert.That(
            dry.Objects.Select(static o => (o.Key, o.ErrorCode)),
            Is.EqualTo(real.Objects.Select(static o => (o.Key, o.ErrorCode))).And.Contains(("sub/b.csv", "TRAINCTL2004")));
    }

    [Test]
    public async Task A_dry_run_writes_neither_data_nor_lock()
    {
        var report = await RunAsync(Settings with { DryRun = true });

        Assert.Multiple(() =>
        {
            Assert.That(report.Objects, Has.Count.EqualTo(2));
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "store/a.csv", "store/sub/b.csv" }));
        });
    }

    [TestCase("{", TrainctlError.InvalidFile)]
    [TestCase("null", TrainctlError.InvalidFile)]
    [TestCase("""{"version":2,"source":"x","objects":[]}""", TrainctlError.InvalidFile)]
    [TestCase("""{"version":1,"source":"x","objects":[{"key":"a","size":1,"checksum":"md5:1"}]}""", TrainctlError.InvalidFile)]
    public async Task A_broken_lock_file_is_an_error_and_not_rewritten(string content, TrainctlError expected)
    {
        _folder.Write("datasets.lock.json", content);

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(Settings)))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(expected));
            Assert.That(File.ReadAllText(_folder.Combine("datasets.lock.json")), Is.EqualTo(content));
        });
    }

    [Test]
    public async Task An_empty_source_is_an_error([Values(null, "datasets.lock.json")] string? lockFile)
    {
        Directory.CreateDirectory(_folder.Combine("empty"));

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RunAsync(Settings with { Source = "empty", LockFile = lockFile })))!;

        Assert.That(error.Error, Is.EqualTo(TrainctlError.SourceNotFound));
    }

    private Task<StageDataReport> RunAsync(StageDataSettings settings) => TestHost.Engine(_folder).StageDataAsync(settings);
}
