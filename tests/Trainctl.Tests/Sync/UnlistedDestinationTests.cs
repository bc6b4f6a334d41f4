using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>A destination of which a folder, or a file, cannot be listed: nobody can tell what is there.</summary>
public sealed class UnlistedDestinationTests
{
    private static readonly SyncSettings Settings = new() { Source = "s3://from", Destination = "s3://to", Delete = true };

    private MemoryStore _source = null!;
    private HidingStore _destination = null!;
    private TrainctlEngine _engine = null!;

    [SetUp]
    public async Task SetUp()
    {
        _source = new MemoryStore("s3://from");
        _destination = new HidingStore(new MemoryStore("s3://to")) { Hidden = "hidden" };
        await _source.PutAsync("f", new byte[1], new PutOptions());
        foreach (var key in (string[])["f", "hidden/surplus", "surplus"])
            await _destination.PutAsync(key, new byte[2], new PutOptions { ContentModifiedAt = DateTimeOffset.UnixEpoch });
        _engine = new TrainctlEngine(new EngineHost
        {
            WorkingDirectory = Path.GetTempPath(),
            Environment = static _ => null,
            OpenStore = (url, _, _) => url.Bucket == "from" ? _source : _destination,
        });
    }

    [TearDown]
    public async Task TearDown()
    {
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
    }

    [Test]
    public async Task Surplus_that_may_stay_unseen_is_told([Values] bool dryRun, [Values(ListingProblemKind.UnreadableFolder, ListingProblemKind.UnreadableFile)] ListingProblemKind kind)
    {
        _destination.Kind = kind;

        var report = await _engine.SyncAsync(Settings with { DryRun = dryRun });

        Assert.Multiple(() =>
        {
            Assert.That((report.ExitCode, report.Refusal), Is.EqualTo((ErrorCatalog.PartialFailure, (string?)null)));
            Assert.That(report.Problems.Select(static p => (p.Key, p.Kind, p.Message)), Is.EqualTo(new[] { ("hidden", kind, "At the destination: 'hidden' could not be read.") }));
            Assert.That(report.Objects.Select(static o => (o.Key, o.Action)), Is.EqualTo(new[] { ("f", ObjectAction.Copy), ("surplus", ObjectAction.Delete) }));
            Assert.That(FailureSummary.Of(report), Does.StartWith("TRAINCTL1010: ").And.EndWith("At the destination: 'hidden' could not be read."));
        });
    }

    [TestCase("hidden/")]
    [TestCase("hid*/**")]
    public async Task What_is_excluded_need_not_be_seen(string exclude)
    {
        var report = await _engine.SyncAsync(Settings with { Exclude = [exclude] });

        Assert.That((report.ExitCode, report.Problems.Count), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Without_deletions_only_what_is_written_to_must_be_seen([Values] bool isWrittenTo)
    {
        if (isWrittenTo)
            await _source.PutAsync("hidden/deep/g", new byte[1], new PutOptions());

        var report = await _engine.SyncAsync(Settings with { Delete = false });

        Assert.Multiple(() =>
        {
            Assert.That(report.ExitCode, Is.EqualTo(isWrittenTo ? ErrorCatalog.PartialFailure : 0));
            Assert.That(report.Problems.Select(static p => p.Key), Is.EqualTo(isWrittenTo ? ["hidden"] : (string[])[]));
            Assert.That(
                report.Objects.Select(static o => (o.Key, o.Reason)),
                Is.EqualTo(isWrittenTo ? [("f", "size differs"), ("hidden/deep/g", "could not be compared")] : ((string, string)[])[("f", "size differs")]));
        });
    }

    [TestCase(ListingProblemKind.DanglingLink)]
    [TestCase(ListingProblemKind.LinkNotFollowed)]
    [TestCase(ListingProblemKind.NotAFile)]
    public async Task Links_and_devices_there_are_told_by_nobody(ListingProblemKind kind)
    {
        _destination.Kind = kind;

        Assert.That((await _engine.SyncAsync(Settings)).Problems, Is.Empty);
    }
}
