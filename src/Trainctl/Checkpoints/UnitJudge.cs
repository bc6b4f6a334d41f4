using Trainctl.Checkpoints.Formats;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>A claimed checkpoint after somebody looked into it.</summary>
internal sealed record JudgedUnit(UnitClaim Claim, Judgement Judgement, DateTimeOffset ModifiedAt, TrainctlException? Failure)
{
    /// <summary>What the framework wrote, else what a metrics file says. A value that is no finite number is NaN.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = Claim.Metrics.Count > 0 ? Claim.Metrics : Judgement.Metrics;

    /// <summary>Whether its manifest alone vouches for it, so that nobody has looked yet which other checkpoints it names.</summary>
    public bool IsByManifest { get; init; }

    /// <summary>Whether it was written while somebody looked, so that the same listing may be judged otherwise the next time.</summary>
    public bool ChangedMeanwhile { get; init; }
}

/// <summary>Judges one checkpoint: its manifest, then what its layout demands.</summary>
internal sealed class UnitJudge(IObjectReader store, ObjectProbe probe) : IDisposable
{
    private const long MaxManifestLength = 256L * 1024 * 1024;

    /// <summary>Checkpoints that are looked into at once; each opens several files, and what is read of them is held meanwhile.</summary>
    private const int LooksAtOnce = 8;

    private static readonly TimeSpan Tolerance = TimeSpan.FromMicroseconds(1);
    private static readonly HashSet<string> NothingProven = [];

    private readonly SemaphoreSlim _looks = new(LooksAtOnce);

    /// <summary>A manifest that agrees with everything that is there is enough: it was written when all had been proven, and it costs one read.</summary>
    public async Task<JudgedUnit> JudgeAsync(UnitClaim claim, CancellationToken cancellationToken)
    {
        var time = TimeOf(claim);
        if (claim.IsUnfinished)
            return new JudgedUnit(claim, Judgement.Incomplete(claim.UnfinishedReason), time, null);
        try
        {
            var (manifest, problem) = await ReadManifestAsync(claim, cancellationToken).ConfigureAwait(false);
            if (problem is not null)
                return new JudgedUnit(claim, Judgement.Incomplete(problem), time, null);
            if (manifest is not null && !store.Traits.ListsContentTime)
                time = manifest.ModifiedAt;
            var proven = manifest is null ? NothingProven : ProvenBy(manifest, claim);
            if (manifest is not null && VouchesForAll(manifest, claim, proven))
                return new JudgedUnit(claim, new Judgement { Epoch = manifest.Epoch }, time, null) { Metrics = MetricsOf(claim, manifest), IsByManifest = true };
            return await LookAsync(claim, time, proven, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception)
        {
            return Unread(claim, time, exception);
        }
    }

    /// <summary>Looks into a checkpoint that its manifest vouches for: all its files are proven, and what they say is not known yet.</summary>
    public async Task<JudgedUnit> ConfirmAsync(JudgedUnit vouched, CancellationToken cancellationToken)
    {
        var (claim, time) = (vouched.Claim, vouched.ModifiedAt);
        try
        {
            var proven = claim.Objects.Select(static o => o.Key).ToHashSet(StringComparer.Ordinal);
            return await LookAsync(claim, time, proven, cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception)
        {
            return Unread(claim, time, exception);
        }
    }

    public void Dispose() => _looks.Dispose();

    private async Task<JudgedUnit> LookAsync(UnitClaim claim, DateTimeOffset time, HashSet<string> proven, CancellationToken cancellationToken)
    {
        await _looks.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var judgement = await claim.Layout.JudgeAsync(claim, new UnitInspector(probe, proven), cancellationToken).ConfigureAwait(false);
            // What is known to be wrong comes before a doubt.
            if (judgement.Problem is null && claim.Doubt is not null)
                judgement = judgement with { Problem = claim.Doubt };
            var judged = new JudgedUnit(claim, judgement, time, null);
            return judgement.Problem is null
                ? judged with { Metrics = await MetricsFile.AddAsync(judged.Metrics, claim, probe, cancellationToken).ConfigureAwait(false) }
                : judged;
        }
        finally
        {
            _looks.Release();
        }
    }

    private static JudgedUnit Unread(UnitClaim claim, DateTimeOffset time, TrainctlException exception) =>
        exception.Error is TrainctlError.ObjectNotFound or TrainctlError.ChangedDuringTransfer
            ? new JudgedUnit(claim, Judgement.Incomplete("it changed while it was looked at"), time, null) { ChangedMeanwhile = true }
            : new JudgedUnit(claim, Judgement.Incomplete($"it could not be read: {exception.Message}"), time, exception);

    /// <summary>When a checkpoint was saved: files that are touched later, such as evaluations, do not make it newer.</summary>
    private static DateTimeOffset TimeOf(UnitClaim claim)
    {
        if (claim.Markers.Count > 0)
            return TimeOf(claim.Markers[^1]);
        var content = claim.Objects.Where(static o => !Manifest.IsManifestKey(o.Key) && !UnitPins.IsPinKey(o.Key)).ToArray();
        return (content.Length > 0 ? content : claim.Objects).Max(TimeOf);
    }

    private static DateTimeOffset TimeOf(StoredObject found) => found.ContentModifiedAt ?? found.ModifiedAt;

    private async Task<(Manifest? Manifest, string? Problem)> ReadManifestAsync(UnitClaim claim, CancellationToken cancellationToken)
    {
        if (claim.Objects.FirstOrDefault(o => o.Key == claim.ManifestKey) is not { } found)
            return (null, null);
        var content = found.Size > MaxManifestLength ? [] : await probe.ReadAsync(found, 0, found.Size, cancellationToken).ConfigureAwait(false);
        if (ManifestJson.Read(content, found.Key) is not { } manifest)
            return (null, "its manifest cannot be parsed");
        var sizes = claim.Objects.Concat(claim.Sidecars).ToDictionary(static o => o.Key, static o => o.Size, StringComparer.Ordinal);
        foreach (var entry in manifest.Objects.Where(static e => !UnitPins.IsPinKey(e.Key)))
        {
            if (!sizes.TryGetValue(claim.KeyPrefix + entry.Key, out var size))
                return (null, $"{entry.Key} is missing, and the manifest lists it");
            if (size != entry.Size)
                return (null, $"{entry.Key} has {size} bytes, and the manifest says {entry.Size}");
        }

        return (manifest, null);
    }

    /// <summary>Whether nothing came to the checkpoint after its manifest was written.</summary>
    private static bool VouchesForAll(Manifest manifest, UnitClaim claim, HashSet<string> proven) =>
        manifest.Layout == claim.Layout.Name && manifest.Step == claim.Step && claim.Sidecars.All(static o => UnitPins.IsPinKey(o.Key))
        && claim.Objects.All(o => proven.Contains(o.Key) || o.Key == claim.ManifestKey || UnitPins.IsPinKey(o.Key));

    /// <summary>What the name says, and what else was known when the manifest was written, from metrics files too.</summary>
    private static Dictionary<string, double> MetricsOf(UnitClaim claim, Manifest manifest)
    {
        var metrics = claim.Metrics.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in manifest.Metrics)
            metrics.TryAdd(name, value);
        foreach (var name in manifest.NonFiniteMetrics)
            metrics.TryAdd(name, double.NaN);
        return metrics;
    }

    /// <summary>Files whose size, and time where the store keeps it, are those that were proven when the manifest was written.</summary>
    private HashSet<string> ProvenBy(Manifest manifest, UnitClaim claim)
    {
        var entries = manifest.Objects.ToDictionary(e => claim.KeyPrefix + e.Key, StringComparer.Ordinal);
        return claim.Objects
            .Where(o => entries.TryGetValue(o.Key, out var entry)
                && (!store.Traits.ListsContentTime || (TimeOf(o) - entry.ModifiedAt).Duration() < Tolerance))
            .Select(static o => o.Key)
            .ToHashSet(StringComparer.Ordinal);
    }
}
