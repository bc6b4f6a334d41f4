using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Testing;

namespace Trainctl.Tests.Storage;

/// <summary>What <see cref="IObjectRenamer"/> promises, of a folder.</summary>
public sealed class FolderRenameTests
{
    private TemporaryFolder _folder = null!;
    private FolderStore _store = null!;
    private StoredObject _seen = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _store = new FolderStore(ObjectUrl.Parse(_folder.Path));
        _folder.Write("a/b/old.txt", "seen");
        _seen = (await _store.HeadAsync("a/b/old.txt"))!;
    }

    [TearDown]
    public async Task TearDown()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task A_file_gets_its_new_name_and_no_empty_folder_stays()
    {
        var isRenamed = await RenameAsync("x/new.txt");

        Assert.Multiple(() =>
        {
            Assert.That(isRenamed, Is.True);
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "x/new.txt" }));
            Assert.That(File.ReadAllText(_folder.Combine("x/new.txt")), Is.EqualTo("seen"));
            Assert.That(Directory.Exists(_folder.Combine("a")), Is.False);
        });
    }

    [TestCase("longer than that", 0)]
    [TestCase("then", 1)]
    public async Task A_file_that_is_no_longer_what_was_seen_stays(string content, int secondsLater)
    {
        _folder.Write("a/b/old.txt", content);
        File.SetLastWriteTimeUtc(_folder.Combine("a/b/old.txt"), _seen.ModifiedAt.UtcDateTime.AddSeconds(secondsLater));

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RenameAsync("x/new.txt")))!;

        Assert.Multiple(() =>
        {
            Assert.That((error.Error, error.Subject), Is.EqualTo((TrainctlError.Drift, "a/b/old.txt")));
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "a/b/old.txt" }));
            Assert.That(File.ReadAllText(_folder.Combine("a/b/old.txt")), Is.EqualTo(content));
        });
    }

    [Test]
    public async Task A_taken_name_is_not_replaced()
    {
        _folder.Write("x/new.txt", "mine");

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => RenameAsync("x/new.txt")))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.Not.EqualTo(TrainctlError.Drift));
            Assert.That(File.ReadAllText(_folder.Combine("x/new.txt")), Is.EqualTo("mine"));
            Assert.That(File.ReadAllText(_folder.Combine("a/b/old.txt")), Is.EqualTo("seen"));
        });
    }

    [Test]
    public async Task A_file_that_is_gone_is_no_failure([Values] bool isFolderGone)
    {
        File.Delete(_folder.Combine("a/b/old.txt"));
        if (isFolderGone)
            Directory.Delete(_folder.Combine("a"), recursive: true);

        Assert.That(await RenameAsync("x/new.txt"), Is.False);
        Assert.That(_folder.Files(), Is.Empty);
    }

    private Task<bool> RenameAsync(string key) => ((IObjectRenamer)_store).RenameAsync(_seen, key, endsMove: false, CancellationToken.None);
}
