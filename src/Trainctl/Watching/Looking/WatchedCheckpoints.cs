using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Formats;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Watching.Looking;

/// <summary>
/// The whole checkpoints of a location. A checkpoint that was whole stays as it was for as long as anything of it is there, until it is whole in another
/// way. One listing for each look; besides, only checkpoints are read that are new or have changed since they were judged.
/// </summary>
internal sealed class WatchedCheckpoints(IObjectReader store, CatalogOptions options, KeyFilter filter, string? ownKey) : IWatchTarget
{
    /// <summary>Checkpoints that are looked into at once; each opens several files.</summary>
    private const int Concurrency = 4;

    /// <summary>Those that are not whole, with the tag that they were judged by.</summary>
    private Dictionary<string, string> _notWhole = new(StringComparer.Ordinal);

    public async Task<WatchLook> LookAsync(IEnumerable<WatchEntry> before, CancellationToken cancellationToken)
    {
        var listing = new WatchListing(store, filter, ownKey);
        var known = before.ToDictionary(static e => e.Key, StringComparer.Ordinal);
        var claims = await ClaimsAsync(listing, cancellationToken).ConfigureAwait(false);
        var findings = new Finding[claims.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, claims.Length, parallel, async (i, token) =>
            findings[i] = await FindAsync(claims[i], known.GetValueOrDefault(claims[i].Path), listing, token).ConfigureAwait(false)).ConfigureAwait(false);
        _notWhole = findings.Where(static f => f.NotWholeTag is not null).ToDictionary(static f => f.Path, static f => f.NotWholeTag!, StringComparer.Ordinal);
        var entries = findings.Select(static f => f.Entry).OfType<WatchEntry>().ToArray();
        return new WatchLook(
            listing.HidesObjects ? [.. WatchDiffer.WithoutDeletions(known.Values.OrderBy(static e => e.Key, KeyOrder.Instance), entries)] : entries,
            [.. listing.Problems, .. findings.Where(static f => f.Failure is not null).Select(static f => WatchProblem.Of(f.Path, f.Failure!))]);
    }

    private async Task<UnitClaim[]> ClaimsAsync(WatchListing listing, CancellationToken cancellationToken)
    {
        var objects = new List<StoredObject>();
        await foreach (var found in listing.ObjectsAsync(cancellationToken).ConfigureAwait(false))
            objects.Add(found);
        TrashName.TakeOut(objects);
        var tree = CatalogFolder.Build(objects);
        var claims = ClaimList.Of(tree, LayoutChoice.Of(options));
        UnitSidecars.Claim(tree, claims);
        return
        [
            .. claims.Units.Where(c => filter.Accepts(c.Path)).DistinctBy(static c => c.Path, StringComparer.Ordinal)
                .OrderBy(static c => c.Path, KeyOrder.Instance),
        ];
    }

    private async Task<Finding> FindAsync(UnitClaim claim, WatchEntry? known, WatchListing listing, CancellationToken cancellationToken)
    {
        var content = CheckpointTag.OfContent(claim);
        if (known?.ETag == content)
            return new Finding(claim.Path, known);
        var tag = CheckpointTag.OfJudgement(claim);
        if (_notWhole.GetValueOrDefault(claim.Path) == tag)
            return new Finding(claim.Path, known, tag);
        if (listing.HidesBelow(claim.Path))
            return new Finding(claim.Path, known);
        using var judge = new UnitJudge(store, new ObjectProbe(store));
        var judged = await judge.JudgeAsync(claim, cancellationToken).ConfigureAwait(false);
        if (judged.Failure is not null || judged.ChangedMeanwhile)
            return new Finding(claim.Path, known) { Failure = judged.Failure };
        return judged.Judgement.Problem is null
            ? new Finding(claim.Path, EntryOf(claim, judged, content))
            : new Finding(claim.Path, known, tag);
    }

    private static WatchEntry EntryOf(UnitClaim claim, JudgedUnit judged, string tag) => new()
    {
        Key = claim.Path,
        Size = claim.Objects.Concat(claim.Sidecars).Sum(static o => o.Size),
        ModifiedAt = CheckpointTag.Content(claim).Max(static o => o.ModifiedAt),
        ETag = tag,
        Checkpoint = new WatchedCheckpoint
        {
            Layout = claim.Layout.Name,
            Run = claim.Run,
            Step = claim.Step,
            Epoch = claim.Epoch ?? judged.Judgement.Epoch,
            Objects = claim.Objects.Count + claim.Sidecars.Count,
            Metrics = judged.Metrics.Where(static m => double.IsFinite(m.Value)).ToDictionary(StringComparer.Ordinal),
        },
    };

    /// <param name="Path">Of the checkpoint.</param>
    /// <param name="Entry">As it is whole now, or was; null when it never was.</param>
    /// <param name="NotWholeTag">What it was judged by, when it is not whole; null otherwise.</param>
    private sealed record Finding(string Path, WatchEntry? Entry, string? NotWholeTag = null)
    {
        public TrainctlException? Failure { get; init; }
    }
}
