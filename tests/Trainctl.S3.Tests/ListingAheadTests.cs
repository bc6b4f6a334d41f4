using System.Collections.Concurrent;
using System.Globalization;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>Syncs with a real store whose pages have seven objects, so that they ask for several at once, by the names that they know of the folder.</summary>
public sealed class ListingAheadTests
{
    private static readonly string[] Names =
        [.. Enumerable.Range(0, 80).Select(static i => string.Create(CultureInfo.InvariantCulture, $"run/f{i:00}")), "a b", "a+b", "a%2Bb", "run-2/x", "run/ä/ö", "€", "z&<>", "\U0001F600"];

    private readonly ConcurrentQueue<S3Request> _listings = [];
    private FaultScene _scene = null!;

    private int Ahead => _listings.Count(static r => S3Request.Query(r.Head).Any(static p => p.Name == "start-after"));

    [SetUp]
    public async Task SetUp()
    {
        _listings.Clear();
        _scene = await FaultScene.CreateAsync(seed: 1);
        _scene.Proxy.Decide = Note;
        foreach (var name in Names)
            _scene.Write($"from/{name}", _scene.Content(100));
        var report = await _scene.Direct.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote });
        Assert.That((report.ExitCode, report.Objects.Count), Is.EqualTo((0, Names.Length)));

        Fault? Note(S3Request request)
        {
            if (request.Kind == S3RequestKind.List)
                _listings.Enqueue(request);
            return null;
        }
    }

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    [Test]
    public async Task Up_nothing_is_missed()
    {
        var report = await _scene.Faulty.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote, Delete = true });

        Assert.That((report.ExitCode, report.Objects.Count, report.UnchangedObjects), Is.EqualTo((0, 0, Names.Length)));
        AssertFewAhead();
    }

    [Test]
    public async Task Up_what_differs_is_brought_and_what_is_gone_goes()
    {
        File.Delete(_scene.Folder.Combine("from/run/f13"));
        File.Delete(_scene.Folder.Combine("from/€"));
        _scene.Write("from/run/f40", _scene.Content(101));
        for (var i = 0; i < 20; i++)
            _scene.Write(string.Create(CultureInfo.InvariantCulture, $"from/run/f50-{i}"), _scene.Content(10));

        var report = await _scene.Faulty.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote, Delete = true });

        Assert.That((report.ExitCode, report.Objects.Count, report.UnchangedObjects), Is.EqualTo((0, 23, Names.Length - 3)));
        Assert.That(await _scene.ObjectsAsync(), Is.EqualTo(_scene.Files("from")));
        AssertFewAhead();
    }

    [Test]
    public async Task Down_a_second_time_nothing_is_brought_and_nothing_deleted()
    {
        var settings = new SyncSettings { Source = _scene.Remote, Destination = "to", Delete = true };
        var first = await _scene.Direct.SyncAsync(settings);
        Assert.That((first.ExitCode, first.Objects.Count), Is.EqualTo((0, Names.Length)));

        var second = await _scene.Faulty.SyncAsync(settings);

        Assert.That((second.ExitCode, second.Objects.Count, second.UnchangedObjects), Is.EqualTo((0, 0, Names.Length)));
        Assert.That(_scene.Files("to"), Is.EqualTo(_scene.Files("from")));
        AssertFewAhead();
    }

    [Test]
    public async Task Of_a_store_that_does_not_begin_behind_a_key_nothing_is_missed_either()
    {
        _scene.Proxy.IgnoresStartAfter = true;

        var report = await _scene.Faulty.SyncAsync(new SyncSettings { Source = "from", Destination = _scene.Remote, Delete = true });

        Assert.That((report.ExitCode, report.Objects.Count, report.UnchangedObjects), Is.EqualTo((0, 0, Names.Length)));
        Assert.That(Ahead, Is.InRange(1, 8));
    }

    /// <summary>Pages overlap by a tenth, which of seven is one.</summary>
    private void AssertFewAhead()
    {
        Assert.That(Ahead, Is.GreaterThan(Names.Length / 7 / 2), "pages are asked for ahead");
        Assert.That(_listings, Has.Count.LessThan(2 * Names.Length / 7));
    }
}
