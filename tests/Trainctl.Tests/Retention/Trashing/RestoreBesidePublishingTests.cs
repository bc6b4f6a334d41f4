using System.Text;
using Trainctl.Checkpoints;
using Trainctl.Reporting;
using Trainctl.Retention;
using Trainctl.Storage;

namespace Trainctl.Tests.Retention.Trashing;

/// <summary>A restore in a bucket, and somebody who publishes the same checkpoint anew at the same time. Copies take minutes to hours.</summary>
public sealed class RestoreBesidePublishingTests : TrashFixture
{
    private const string First = "run/checkpoint-1/config.json";
    private const string Marker = "run/checkpoint-1/trainer_state.json";

    private CopyingStore _copying = null!;

    [SetUp]
    public async Task ThrowAway()
    {
        await Engine.PruneCheckpointsAsync(Prune with { KeepLast = 2 });
        _copying = new CopyingStore(Store);
    }

    [TearDown]
    public async Task DisposeCopying() => await _copying.DisposeAsync();

    [Test]
    public async Task What_was_published_meanwhile_is_not_replaced([Values] bool isCopiedByTheStore)
    {
        OnRestoring(First, () => Scene.Put(Marker, "theirs"));

        var report = await RestoreAsync(isCopiedByTheStore);

        await AssertIsLeftInTheTrashAsync(report, Marker);
        Assert.That(await TextAsync(Marker), Is.EqualTo("theirs"));
    }

    /// <summary>The last moment at which it can be seen: a bucket knows no condition for it.</summary>
    [Test]
    public async Task What_was_published_right_before_a_copy_is_not_replaced()
    {
        var heads = 0;
        _copying.OnHead = (key, _) =>
        {
            if (key == $".trash/20240601T120000Z/{Marker}" && ++heads == 1)
                Scene.Put(Marker, "theirs");
        };

        var report = await RestoreAsync(isCopiedByTheStore: true);

        Assert.That(heads, Is.Positive);
        await AssertIsLeftInTheTrashAsync(report, Marker);
        Assert.That(await TextAsync(Marker), Is.EqualTo("theirs"));
    }

    [Test]
    public async Task A_manifest_that_came_meanwhile_is_no_part_of_what_is_restored([Values] bool isCopiedByTheStore)
    {
        OnRestoring(Marker, () => Scene.Put("run/checkpoint-1/" + Manifest.FileName, "{}"));

        await AssertIsLeftInTheTrashAsync(await RestoreAsync(isCopiedByTheStore), "run/checkpoint-1/" + Manifest.FileName);
    }

    [Test]
    public async Task What_was_replaced_after_it_came_back_is_not_said_to_be_restored([Values] bool isCopiedByTheStore)
    {
        OnRestoring(Marker, () => Scene.Put(First, "[]"));

        await AssertIsLeftInTheTrashAsync(await RestoreAsync(isCopiedByTheStore), First);
    }

    private async Task<RestoreReport> RestoreAsync(bool isCopiedByTheStore)
    {
        IObjectStore store = isCopiedByTheStore ? _copying : Store;
        return await new TrainctlEngine(
            new EngineHost { WorkingDirectory = Path.GetTempPath(), Environment = static _ => null, OpenStore = (_, _, _) => store, Time = Time }).RestoreCheckpointsAsync(Restore);
    }

    /// <summary>Does something once, right before an object is brought back.</summary>
    private void OnRestoring(string key, Action action)
    {
        _copying.OnCopy = Store.OnWrite = at =>
        {
            if (at != key)
                return;
            _copying.OnCopy = Store.OnWrite = null;
            action();
        };
    }

    private async Task AssertIsLeftInTheTrashAsync(RestoreReport report, string key)
    {
        Assert.Multiple(() =>
        {
            Assert.That(report.Units.Single().Result, Is.EqualTo(RestoreResult.Failed));
            Assert.That(report.Objects.Where(o => o.Key == key && o.Error is not null).Select(static o => o.ErrorCode), Is.EqualTo(new[] { "TRAINCTL3003" }));
            Assert.That(report.Objects.Select(static o => o.Action), Has.None.EqualTo(ObjectAction.Delete));
        });
        Assert.That((await Scene.ReadAsync()).TrashObjects, Has.Count.EqualTo(6));
    }

    private async Task<string> TextAsync(string key)
    {
        await using var stream = await Scene.Store.OpenReadAsync(key);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
