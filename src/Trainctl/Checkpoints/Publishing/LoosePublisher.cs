using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Transfer;

namespace Trainctl.Checkpoints.Publishing;

/// <summary>An object that belongs to no checkpoint.</summary>
/// <param name="Object">At the source.</param>
/// <param name="IsExact">Whether only this version of it may be sent.</param>
internal readonly record struct LooseObject(StoredObject Object, bool IsExact = false);

/// <summary>Publishes objects without a manifest, compared as a sync does.</summary>
internal sealed class LoosePublisher(
    UploadCheckpointsSettings settings, ObjectSender sender, IObjectStore source, IObjectStore destination, PublishedObjects published)
{
    public async Task SendAsync(IEnumerable<LooseObject> objects, List<ObjectOutcome> outcomes, CancellationToken cancellationToken)
    {
        var exact = new HashSet<string>(StringComparer.Ordinal);
        var decisions = new List<SyncDecision>();
        foreach (var (found, isExact) in objects)
        {
            if (isExact)
                exact.Add(found.Key);
            decisions.Add(Decide(found));
        }

        var resolver = new VerdictResolver(source, destination, Comparison.SizeAndTime, settings.Transfer.LookupConcurrency);
        var items = new List<TransferItem>();
        await foreach (var decision in resolver.ResolveAsync(decisions.ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false))
        {
            if (decision.Verdict is not Verdict.Same)
                items.Add(sender.ItemFor(decision.Source!, Reason(decision.Verdict), settings.StorageClass) with { IsExact = exact.Contains(decision.Source!.Key) });
        }

        await sender.SendAsync(items, outcomes, cancellationToken).ConfigureAwait(false);
    }

    private SyncDecision Decide(StoredObject found) => published.Find(found.Key) is { } there
        ? new SyncDecision(found, there, SyncRule.Compare(found, source.Traits, there, destination.Traits, Comparison.SizeAndTime, metadataAsked: false))
        : new SyncDecision(found, null, null);

    private static string Reason(Verdict? verdict) => verdict switch
    {
        null => "new",
        Verdict.SizeDiffers => "size differs",
        Verdict.NotComparable => "could not be compared",
        _ => "modified",
    };
}
