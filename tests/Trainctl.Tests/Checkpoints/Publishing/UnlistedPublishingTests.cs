using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints.Publishing;

/// <summary>Publishing where a folder cannot be listed, at either end: nothing is vouched for that nobody has seen.</summary>
public sealed class UnlistedPublishingTests : PublishingFixture
{
    private const string Checkpoint = "run/checkpoint-5";
    private const string ManifestKey = $"{Checkpoint}/{Manifest.FileName}";

    private HidingStore _here = null!;
    private HidingStore _there = null!;

    [SetUp]
    public async Task Publish()
    {
        _here = new HidingStore(_source);
        _there = new HidingStore(_destination);
        _scene.HuggingFace(Checkpoint, 5);
        Assert.That((await SendAsync()).ExitCode, Is.Zero);
        _scene.Put($"{Checkpoint}/model.safetensors", ModelFile.Safetensors(), 77).HuggingFace("run/checkpoint-6", 6);
    }

    [TearDown]
    public async Task DisposeStores()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
    }

    [TestCase(Checkpoint, ListingProblemKind.UnreadableFolder)]
    [TestCase(ManifestKey, ListingProblemKind.UnreadableFile)]
    public async Task Nothing_is_replaced_below_a_manifest_that_cannot_be_seen(string hidden, ListingProblemKind kind)
    {
        var writes = _destination.Writes.Count;
        (_there.Hidden, _there.Kind) = (hidden, kind);

        var report = await SendAsync();

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure));
            Assert.That(report.Units.Select(static u => u.Result), Is.EqualTo(new[] { PublishResult.Failed, PublishResult.Published }));
            Assert.That(report.Units[0].Why, Does.StartWith($"Publishing {Checkpoint} was refused: 's3://destination/' could not be listed completely."));
            Assert.That(_destination.Writes.Skip(writes), Is.All.StartsWith("run/checkpoint-6/"));
        });
    }

    [Test]
    public async Task What_can_be_seen_at_another_look_is_published_and_its_old_manifest_goes_first()
    {
        var listings = 0;
        _there.OnListing = () => _there.Hidden = listings++ == 0 ? Checkpoint : null;
        bool? wasVouchedFor = null;
        _destination.OnWrite = key =>
        {
            if (key.StartsWith(Checkpoint, StringComparison.Ordinal))
                wasVouchedFor ??= _destination.HeadAsync(ManifestKey).GetAwaiter().GetResult() is not null;
        };

        var report = await SendAsync();

        Assert.That(wasVouchedFor, Is.False);
        Assert.That(report.Units.Select(static u => u.Result), Is.All.EqualTo(PublishResult.Published).And.Exactly(2).Items);
    }

    [TestCase("lost+found")]
    [TestCase(Checkpoint + "/eval", Description = "of somebody else, in the checkpoint's own folder")]
    public async Task What_else_cannot_be_seen_there_is_nothing_to_it(string hidden)
    {
        _there.Hidden = hidden;

        Assert.That((await SendAsync()).ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_source_that_cannot_be_looked_at_again_gets_no_manifest()
    {
        _destination.OnWrite = key => _here.Hidden = key.StartsWith(Checkpoint, StringComparison.Ordinal) ? Checkpoint : _here.Hidden;

        await AssertUnpublishedAsync();
    }

    [Test]
    public async Task A_destination_that_cannot_be_looked_at_again_keeps_no_manifest()
    {
        _destination.OnWrite = key => _there.Hidden = key == ManifestKey ? Checkpoint : _there.Hidden;

        await AssertUnpublishedAsync();
    }

    private async Task AssertUnpublishedAsync()
    {
        var report = await SendAsync();

        Assert.That(report.Units[0].Result, Is.EqualTo(PublishResult.Failed));
        Assert.That(report.Units[0].Why, Does.StartWith($"Publishing {Checkpoint} was refused: "));
        Assert.That(await _destination.HeadAsync(ManifestKey), Is.Null);
    }

    private Task<UploadCheckpointsReport> SendAsync() =>
        new UploadCheckpoints(Settings, Host, _here, _there).RunAsync(CancellationToken.None);
}
