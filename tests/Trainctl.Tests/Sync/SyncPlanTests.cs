using System.Text;
using Microsoft.Extensions.Time.Testing;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>Dry runs as people and machines read them. Whatever a dry run tells, the real run must then do.</summary>
public sealed class SyncPlanTests
{
    private static readonly DateTimeOffset Time = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SyncSettings Settings = new() { Source = "s3://from/data", Destination = "s3://to/data" };

    private TemporaryFolder _folder = null!;
    private MemoryStore _source = null!;
    private IObjectStore _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _source = new MemoryStore(Settings.Source);
        _destination = new MemoryStore(Settings.Destination);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _source.DisposeAsync();
        await _destination.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Empty_destination()
    {
        await PutAsync(_source, ("labels.csv", "1,2"), ("images/a.png", new string('a', 2000)), ("images/b.png", "b"));

        await VerifyAsync(Settings);
    }

    [Test]
    public async Task Empty_source()
    {
        await PutAsync(_destination, ("labels.csv", "1,2"));

        await VerifyAsync(Settings);
    }

    [Test]
    public async Task Nothing_to_do()
    {
        await PutAsync(_source, ("a", "1"), ("b", "22"));
        await PutAsync(_destination, ("a", "1"), ("b", "22"), ("only-here", "3"));

        await VerifyAsync(Settings);
    }

    [Test]
    public async Task Everything_at_once()
    {
        await PutAsync(_source, ("debug.log", "at the source"), ("new", "1"), ("same", "1"), ("shorter", "1"));
        await PutAsync(_source, Time.AddHours(1), ("modified", "1"));
        await PutAsync(_destination, ("debug.log", "protected"), ("gone/x", "4444"), ("modified", "2"), ("old.log", "protected"), ("same", "1"), ("shorter", "22"));

        await VerifyAsync(Settings with { Delete = true, Exclude = ["*.log"] }, withJson: true);
    }

    [Test]
    public async Task Content_differs()
    {
        await PutAsync(_source, ("a", "1"), ("b", "1"));
        await PutAsync(_destination, ("a", "1"), ("b", "2"));

        await VerifyAsync(Settings with { Compare = Comparison.Checksum });
    }

    [Test]
    public async Task More_than_a_screen()
    {
        await PutAsync(_source, [.. Enumerable.Range(10, 23).Select(static i => ($"shard-{i}", "x"))]);

        await VerifyAsync(Settings);
    }

    [Test]
    public async Task Refused_keys()
    {
        _folder.Write("to/folder/x", "x");
        _destination = new FolderStore(_folder.Combine("to"));
        await PutAsync(_source, ("../x", "1"), ("/etc/x", "1"), ("a//b", "1"), ("a/./b", "1"), ("a/../../b", "1"), ("fine", "1"), ("folder", "1"), ("marker/", "1"));

        await VerifyAsync(Settings with { Destination = _folder.Combine("to"), Delete = true }, withJson: true);
    }

    [Test]
    public async Task Keys_below_keys()
    {
        _destination = new FolderStore(_folder.Combine("to"));
        await PutAsync(_source, ("a", "1"), ("a-b", "1"), ("a/b", "1"), ("a/b/c", "1"), ("ab", "1"));

        await VerifyAsync(Settings with { Destination = _folder.Combine("to") });
    }

    private async Task VerifyAsync(SyncSettings settings, bool withJson = false)
    {
        var dry = await RunAsync(settings with { DryRun = true });
        var real = await RunAsync(settings);

        var scene = TestContext.CurrentContext.Test.Name;
        Assert.Multiple(() =>
        {
            Assert.That(real.Objects.Select(Promise), Is.EqualTo(dry.Objects.Select(Promise)), "what the real run did");
            Assert.That((real.UnchangedObjects, real.UnchangedBytes, real.ExitCode), Is.EqualTo((dry.UnchangedObjects, dry.UnchangedBytes, dry.ExitCode)));
            Golden.Verify(Portable(ReportText.Render(dry.Describe())), scene);
            if (withJson)
                Golden.Verify(Portable(ReportJson.Serialize(dry)), scene + ".json");
        });
    }

    private static (string Key, ObjectAction Action, long Bytes, string Reason, bool IsRefused, string? Error) Promise(ObjectOutcome outcome) =>
        (outcome.Key, outcome.Action, outcome.Bytes, outcome.Reason, outcome.Result == OutcomeResult.Refused, outcome.Error);

    private string Portable(string text) => text
        .Replace(_folder.Combine("to").Replace(@"\", @"\\", StringComparison.Ordinal), "/to", StringComparison.Ordinal)
        .Replace(_folder.Combine("to"), "/to", StringComparison.Ordinal);

    private Task<SyncReport> RunAsync(SyncSettings settings) => new TrainctlEngine(TestHost.For(_folder) with
    {
        Time = new FakeTimeProvider(),
        OpenStore = (url, _, _) => url == Settings.Source ? _source : _destination,
    }).SyncAsync(settings);

    private static Task PutAsync(IObjectStore store, params (string Key, string Text)[] objects) => PutAsync(store, Time, objects);

    private static async Task PutAsync(IObjectStore store, DateTimeOffset time, params (string Key, string Text)[] objects)
    {
        foreach (var (key, text) in objects)
            await store.PutAsync(key, Encoding.UTF8.GetBytes(text), new PutOptions { ContentModifiedAt = time });
    }
}
