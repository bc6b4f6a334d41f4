using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>What goes away while it is listed was there, and is not missing.</summary>
public sealed class VanishedSourceTests
{
    private TemporaryFolder _folder = null!;
    private HookedStore _source = null!;
    private MemoryStore _destination = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _destination = new MemoryStore("s3://to");
        foreach (var key in (string[])["a", "b/deep/x", "b/y", "c", "d/z"])
        {
            var time = new DateTimeOffset(File.GetLastWriteTimeUtc(_folder.Write("from/" + key, key)), TimeSpan.Zero);
            await _destination.PutAsync(key, System.Text.Encoding.UTF8.GetBytes(key), new PutOptions { ContentModifiedAt = time });
        }

        await _destination.PutAsync("surplus", new byte[9], new PutOptions());
        _source = new HookedStore(new FolderStore(ObjectUrl.Parse(_folder.Combine("from"))));
    }

    [TearDown]
    public async Task TearDown()
    {
        _folder.Dispose();
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
    }

    [Test]
    public async Task A_file_and_a_folder_that_vanish_while_they_are_listed_are_kept_at_the_destination()
    {
        On("a", () =>
        {
            Directory.Delete(_folder.Combine("from/b"), recursive: true);
            File.Delete(_folder.Combine("from/c"));
        });

        var report = await RunAsync();

        Assert.That(await KeysAsync(), Is.EqualTo(new[] { "a", "b/deep/x", "b/y", "c", "d/z" }));
        Assert.That(report.ExitCode, Is.Zero);
        Assert.That(report.Objects.Select(static o => (o.Key, o.Action)), Is.EqualTo(new[] { ("surplus", ObjectAction.Delete) }));
    }

    [Test]
    public async Task A_source_that_vanishes_while_it_is_listed_deletes_nothing()
    {
        On("b/y", () => Directory.Move(_folder.Combine("from"), _folder.Combine("elsewhere")));

        var report = await RunAsync();

        Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.Refused));
        Assert.That(report.FailureText, Does.StartWith("TRAINCTL4001: ").And.Contain("is not there any more"));
        Assert.That(await KeysAsync(), Does.Contain("surplus"));
    }

    /// <summary>What an unmounted disk leaves is an empty folder.</summary>
    [Test]
    public async Task A_source_that_is_emptied_while_it_is_listed_keeps_what_it_had()
    {
        On("a", () =>
        {
            Directory.Move(_folder.Combine("from"), _folder.Combine("elsewhere"));
            Directory.CreateDirectory(_folder.Combine("from"));
        });

        await RunAsync();

        Assert.That(await KeysAsync(), Is.EqualTo(new[] { "a", "b/deep/x", "b/y", "c", "d/z" }));
    }

    private void On(string key, Action act) => _source.OnListed = listed =>
    {
        if (listed == key)
            act();
    };

    private async Task<string[]> KeysAsync() => [.. (await _destination.ListAsync(new ListRequest()).ToListAsync()).Select(static o => o.Key)];

    private Task<SyncReport> RunAsync() => new TrainctlEngine(TestHost.For(_folder) with { OpenStore = (url, _, _) => url.IsFolder ? _source : _destination })
        .SyncAsync(new SyncSettings { Source = "from", Destination = "s3://to", Delete = true });
}
