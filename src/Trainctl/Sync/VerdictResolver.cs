using System.Runtime.CompilerServices;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Sync;

/// <summary>
/// Asks for what listings did not tell, only where it decides, many at a time: small files are compared by content, content times come by head requests,
/// checksums from metadata or by reading. An object of which that cannot be had is taken for different: moving it brings what is right, or fails for itself.
/// </summary>
internal sealed class VerdictResolver(IObjectReader source, IObjectReader destination, Comparison mode, int concurrency, ITrainctlLog? log = null)
{
    /// <summary>Undecided pairs that are held at once.</summary>
    private const int BatchSize = 256;

    public async IAsyncEnumerable<SyncDecision> ResolveAsync(
        IAsyncEnumerable<SyncDecision> decisions, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var undecided = new List<SyncDecision>();
        await foreach (var decision in decisions.ConfigureAwait(false))
        {
            if (decision.Verdict is not (Verdict.NeedsContentTime or Verdict.NeedsChecksum))
            {
                yield return decision;
                continue;
            }

            undecided.Add(decision);
            if (undecided.Count < BatchSize)
                continue;
            foreach (var decided in await DecideAsync(undecided, cancellationToken).ConfigureAwait(false))
                yield return decided;
            undecided.Clear();
        }

        foreach (var decided in await DecideAsync(undecided, cancellationToken).ConfigureAwait(false))
            yield return decided;
    }

    private async Task<SyncDecision[]> DecideAsync(List<SyncDecision> undecided, CancellationToken cancellationToken)
    {
        var decided = new SyncDecision[undecided.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, undecided.Count, parallel, async (i, token) =>
            decided[i] = await TryDecideAsync(undecided[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        return decided;
    }

    private async Task<SyncDecision> TryDecideAsync(SyncDecision decision, CancellationToken cancellationToken)
    {
        try
        {
            return await DecideAsync(decision, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException || exception is TrainctlException { Error: not (
            TrainctlError.StoreNotFound or TrainctlError.StoreUnavailable or TrainctlError.CredentialsNotFound or TrainctlError.CredentialsRejected) })
        {
            log?.Debug($"'{decision.Source!.Key}' could not be compared: {exception.Message}");
            return decision with { Verdict = Verdict.NotComparable };
        }
    }

    private async Task<SyncDecision> DecideAsync(SyncDecision decision, CancellationToken cancellationToken)
    {
        var here = decision.Source!;
        var there = decision.Destination!;
        if (mode == Comparison.Checksum)
        {
            var left = await ContentReader.ChecksumAsync(source, here, cancellationToken).ConfigureAwait(false);
            var right = await ContentReader.ChecksumAsync(destination, there, cancellationToken).ConfigureAwait(false);
            return decision with { Verdict = left == right ? Verdict.Same : Verdict.ContentDiffers };
        }

        if (await IsSameAsync(here, there, cancellationToken).ConfigureAwait(false))
            return decision with { Verdict = Verdict.Same };
        here = await DescribeAsync(source, here, cancellationToken).ConfigureAwait(false) ?? here;
        if (await DescribeAsync(destination, there, cancellationToken).ConfigureAwait(false) is not { AnnouncedChecksum: null } described || here.AnnouncedChecksum is not null)
            return decision with { Verdict = Verdict.NotComparable };
        there = described;
        return new SyncDecision(here, there, SyncRule.Compare(here, source.Traits, there, destination.Traits, mode, metadataAsked: true));
    }

    /// <summary>A file that cannot be read here is asked about like any other; whoever needs its content says why it cannot be had.</summary>
    private async ValueTask<bool> IsSameAsync(StoredObject here, StoredObject there, CancellationToken cancellationToken)
    {
        try
        {
            return await ContentProof.AreSameAsync(source, here, destination, there, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TrainctlException or IOException)
        {
            return false;
        }
    }

    private static async Task<StoredObject?> DescribeAsync(IObjectReader store, StoredObject found, CancellationToken cancellationToken) =>
        found.ContentModifiedAt is not null ? found : await store.HeadAsync(found.Key, cancellationToken).ConfigureAwait(false);
}
