using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Testing;
using Trainctl.Watching.Remembering;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Tests.Watching;

/// <summary>State files of so many objects that nobody wants to hold them as text.</summary>
public sealed class LargeStateTests
{
    private static readonly WatchScope Scope = new() { Location = "s3://lab/runs" };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task A_state_goes_to_the_disk_while_its_entries_are_read_and_comes_back_as_it_was()
    {
        const int Entries = 20_000;
        var onDisk = 0L;

        await File(_folder).WriteAsync(All(), CancellationToken.None);

        Assert.That(onDisk, Is.GreaterThan(1_000_000));
        Assert.That(_folder.Files(), Is.EqualTo(new[] { "watch.json" }));
        Assert.That(await File(_folder).ReadAsync(CancellationToken.None), Is.EqualTo(Enumerable.Range(0, Entries).Select(EntryOf)));

        IEnumerable<WatchEntry> All()
        {
            for (var i = 0; i < Entries; i++)
            {
                yield return EntryOf(i);
                if (i == Entries - 1)
                    onDisk = new FileInfo(_folder.Combine(_folder.Files().Single(static name => TemporaryName.Matches(name)))).Length;
            }
        }
    }

    /// <summary>A few hundred bytes for each object are not to be kept beside the snapshot that has a few tens.</summary>
    [Test]
    public async Task Writing_and_reading_for_its_version_hold_no_text_of_all_entries()
    {
        await File(_folder).WriteAsync(Enumerable.Range(0, 100_000).Select(EntryOf), CancellationToken.None);
        var text = new FileInfo(_folder.Combine("watch.json")).Length;
        using var content = System.IO.File.OpenRead(_folder.Combine("watch.json"));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var version = System.Text.Json.JsonSerializer.Deserialize(content, WatchStateJson.Default.WatchStateVersion);

        Assert.That(version!.Version, Is.EqualTo(WatchState.CurrentVersion));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(text / 4));
    }

    [Test]
    public async Task A_disk_that_is_full_half_way_is_an_error_and_the_state_before_stays()
    {
        using var disk = SmallDisk.Mount(1024 * 1024);
        await File(disk.Folder).WriteAsync([EntryOf(0)], CancellationToken.None);

        var failure = await Assert.ThrowsAsync<TrainctlException>(
            () => File(disk.Folder).WriteAsync(Enumerable.Range(0, 20_000).Select(EntryOf), CancellationToken.None));

        Assert.That((failure.Error, failure.Message.Contains("the disk is full", StringComparison.Ordinal)), Is.EqualTo((TrainctlError.WriteFailed, true)));
        Assert.That(disk.Folder.Files(), Is.EqualTo(new[] { "watch.json" }));
        Assert.That(await File(disk.Folder).ReadAsync(CancellationToken.None), Is.EqualTo(new[] { EntryOf(0) }));
    }

    private static WatchStateFile File(TemporaryFolder folder) => new("watch.json", Scope, TestHost.For(folder));

    private static WatchEntry EntryOf(int number) => new()
    {
        Key = string.Create(CultureInfo.InvariantCulture, $"digits/checkpoint-{number:0000000}/model.safetensors"),
        Size = number,
        ModifiedAt = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero),
        ETag = number.ToString("x32", CultureInfo.InvariantCulture),
    };
}
