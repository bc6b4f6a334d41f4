using System.Collections.Concurrent;
using System.Diagnostics;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Sync;
using Trainctl.Testing.Faults;

namespace Trainctl.S3.Tests;

/// <summary>A store that is away in the middle of a run: for a while, which the run outlasts, or for good, which it does not wait for with every object.</summary>
[CancelAfter(120_000)]
public sealed class OutageTests
{
    private const int Files = 300;
    private const int Before = 60;

    /// <summary>50 seconds on the clock of the scene.</summary>
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, int> _refused = new(StringComparer.Ordinal);
    private FaultScene _scene = null!;
    private int _asked;
    private long _awaySince;

    [SetUp]
    public async Task SetUp()
    {
        _scene = await FaultScene.CreateAsync(seed: 1);
        (_asked, _awaySince) = (0, 0);
        _refused.Clear();
        _scene.Proxy.Decide = static _ => null;
        _scene.Proxy.PageSize = null;
        for (var i = 0; i < Files; i++)
            _scene.Write($"from/f{i:000}", _scene.Content(1_000));
    }

    [TearDown]
    public async Task TearDown() => await _scene.DisposeAsync();

    /// <summary>Each request is refused more often than one request may fail.</summary>
    [Test]
    public async Task A_run_outlasts_a_store_that_is_away_for_a_while([Values] bool isDownload)
    {
        if (isDownload)
            await _scene.Direct.SyncAsync(Upload);
        BeAway(AWhile);

        var run = await FaultScene.TryAsync(() => _scene.Faulty.SyncAsync(isDownload ? Download : Upload));

        Assert.That(run.ExitCode, Is.Zero, _scene.Story(run));
        Assert.That(isDownload ? _scene.Files("to") : await _scene.ObjectsAsync(), Is.EqualTo(_scene.Files("from")));
        Assert.That(_refused.Values.Max(), Is.GreaterThan(8));
        Assert.That(_scene.Warnings.Where(static w => w.Contains("The store", StringComparison.Ordinal)), Has.Exactly(2).Items);
    }

    [Test]
    public async Task A_run_gives_up_a_store_that_does_not_come_back_and_the_next_one_does_the_rest([Values] bool isDownload)
    {
        if (isDownload)
            await _scene.Direct.SyncAsync(Upload);
        BeAway(TimeSpan.MaxValue);

        var run = await FaultScene.TryAsync(() => _scene.Faulty.SyncAsync(isDownload ? Download : Upload));

        var failed = run.Failed.ToArray();
        var there = (isDownload ? _scene.Files("to") : await _scene.ObjectsAsync()).Count;
        Assert.That(run.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure), _scene.Story(run));
        Assert.That(failed, Has.Length.EqualTo(Files - there));
        Assert.That(failed.Count(static o => o.Error!.Contains("was not tried: the store has answered nothing well for 2 minutes, the last time: the store answered HTTP 503", StringComparison.Ordinal)), Is.GreaterThan(Files / 3));

        _scene.Proxy.Decide = static _ => null;
        var next = await FaultScene.TryAsync(() => _scene.Faulty.SyncAsync(isDownload ? Download : Upload));

        Assert.That(next.ExitCode, Is.Zero, _scene.Story(next));
        Assert.That(isDownload ? _scene.Files("to") : await _scene.ObjectsAsync(), Is.EqualTo(_scene.Files("from")));
    }

    /// <summary>Nobody listens any more.</summary>
    [Test]
    public async Task A_run_gives_up_a_store_that_is_gone()
    {
        _scene.Proxy.Decide = _ =>
        {
            if (Interlocked.Increment(ref _asked) == Before)
                _scene.Proxy.Vanish();
            return null;
        };

        var run = await FaultScene.TryAsync(() => _scene.Faulty.SyncAsync(Upload));

        var there = await _scene.ObjectsAsync();
        Assert.That(run.ExitCode, Is.EqualTo(ErrorCatalog.PartialFailure), _scene.Story(run));
        Assert.That(run.Failed.Select(static o => o.Key), Is.SubsetOf(_scene.Files("from").Keys).And.Not.Empty);
        Assert.That(there.Keys.Concat(run.Failed.Select(static o => o.Key)).Distinct(), Is.EquivalentTo(_scene.Files("from").Keys));
        Assert.That(run.Failed.Count(static o => o.Error!.Contains("was not tried", StringComparison.Ordinal)), Is.GreaterThan(Files / 3));
    }

    private SyncSettings Upload => new() { Source = "from", Destination = _scene.Remote, Transfer = _scene.Transfer };

    private SyncSettings Download => new() { Source = _scene.Remote, Destination = "to", Transfer = _scene.Transfer };

    private void BeAway(TimeSpan time) => _scene.Proxy.Decide = request =>
    {
        var asked = Interlocked.Increment(ref _asked);
        if (asked == Before)
            _awaySince = Stopwatch.GetTimestamp();
        if (asked <= Before || Stopwatch.GetElapsedTime(_awaySince) > time)
            return null;
        _refused.AddOrUpdate($"{request.Kind} {request.Key}", 1, static (_, n) => n + 1);
        return new Fault(FaultKind.SlowDown);
    };
}
