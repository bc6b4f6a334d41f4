using Trainctl.Checkpoints.Layouts;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Leftovers;

/// <summary>Removes what a bucket keeps besides its current objects, on request and by age. Answers what it did, or in a dry run would do.</summary>
internal sealed class LeftoverRemoval(IBucketStore bucket, DateTimeOffset now, bool dryRun)
{
    /// <summary>Aborts unfinished uploads that were begun so long ago. One of which the store does not tell may be under way: it is refused.</summary>
    public async Task<IReadOnlyList<ObjectOutcome>> AbortUploadsAsync(TimeSpan minAge, CancellationToken cancellationToken)
    {
        var outcomes = new List<ObjectOutcome>();
        var old = await bucket.ListUnfinishedUploadsAsync("", cancellationToken).Where(u => u.StartedAt is null || now - u.StartedAt >= minAge).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var upload in old)
        {
            if (upload.StartedAt is not { } startedAt)
            {
                outcomes.Add(Refused(upload));
                continue;
            }

            var outcome = Outcome(upload.Key, upload.Bytes, $"unfinished upload of {HumanText.Time(startedAt)}");
            try
            {
                if (!dryRun)
                    await bucket.AbortUploadAsync(upload, cancellationToken).ConfigureAwait(false);
            }
            catch (Diagnostics.TrainctlException exception)
            {
                outcome = outcome.WithFailure(exception);
            }

            outcomes.Add(outcome);
        }

        return outcomes;
    }

    /// <summary>
    /// Deletes versions of checkpoints' objects that have been hidden so long. Hidden versions of anything else are no business of a prune.
    /// A delete marker goes only when nothing is left behind it: without the marker, what is behind would come back.
    /// </summary>
    public async Task<IReadOnlyList<ObjectOutcome>> DeleteHiddenVersionsAsync(
        TimeSpan minAge, IReadOnlyList<CheckpointLayout> layouts, CancellationToken cancellationToken)
    {
        if (!await MayHideAsync(cancellationToken).ConfigureAwait(false))
            return [];
        var hidden = await bucket.ListHiddenVersionsAsync("", cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        var keys = await CheckpointKeysAsync(hidden, layouts, cancellationToken).ConfigureAwait(false);
        var due = hidden.Where(v => keys.Contains(v.Key) && now - v.HiddenAt >= minAge).ToLookup(static v => v.IsDeleteMarker && v.IsCurrent);
        var outcomes = await DeleteAsync([.. due[false]], cancellationToken).ConfigureAwait(false);
        var gone = due[false].Zip(outcomes).Where(static pair => pair.Second.Error is null).Select(static pair => pair.First).ToHashSet();
        var left = hidden.Where(v => !gone.Contains(v) && !(v.IsDeleteMarker && v.IsCurrent)).Select(static v => v.Key).ToHashSet(StringComparer.Ordinal);
        return [.. outcomes, .. await DeleteAsync([.. due[true].Where(v => !left.Contains(v.Key))], cancellationToken).ConfigureAwait(false)];
    }

    /// <summary>Services without versions do not list them either; whether they are kept is not for everybody to know.</summary>
    private async Task<bool> MayHideAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await bucket.IsVersionedAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Diagnostics.TrainctlException)
        {
            return true;
        }
    }

    private async Task<ObjectOutcome[]> DeleteAsync(HiddenVersion[] versions, CancellationToken cancellationToken)
    {
        var planned = versions.Select(v => Outcome(v.Key, v.Size, v.IsDeleteMarker ? "delete marker with nothing behind it" : $"hidden since {HumanText.Time(v.HiddenAt)}"));
        if (dryRun || versions.Length == 0)
            return [.. planned];
        var results = await bucket.DeleteVersionsAsync(versions, cancellationToken).ConfigureAwait(false);
        return [.. planned.Zip(results, static (outcome, result) => result.Failure is { } failure ? outcome.WithFailure(failure) : outcome)];
    }

    /// <summary>What was a checkpoint's object when all versions were still to be seen.</summary>
    private async Task<HashSet<string>> CheckpointKeysAsync(
        List<HiddenVersion> hidden, IReadOnlyList<CheckpointLayout> layouts, CancellationToken cancellationToken)
    {
        var current = await bucket.ListAsync(new ListRequest(), cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        var once = hidden.Where(static v => !v.IsDeleteMarker).Select(static v => new StoredObject { Key = v.Key, Size = v.Size, ModifiedAt = v.HiddenAt });
        var tree = CatalogFolder.Build(current.Concat(once).DistinctBy(static o => o.Key));
        return ClaimList.Of(tree, layouts).Units.SelectMany(static u => u.Objects).Select(static o => o.Key).ToHashSet(StringComparer.Ordinal);
    }

    private ObjectOutcome Refused(UnfinishedUpload upload)
    {
        var failure = new Diagnostics.TrainctlException(
            Diagnostics.TrainctlError.StoreRejected,
            $"The upload of '{bucket.Root.Append(upload.Key)}' was not aborted: the store does not tell when it was begun, and it may be under way. Where nothing writes it, abort it by the store's own means: upload {upload.UploadId}.",
            upload.Key);
        return Outcome(upload.Key, upload.Bytes, "unfinished upload of unknown age").WithFailure(failure) with { Result = OutcomeResult.Refused };
    }

    private ObjectOutcome Outcome(string key, long bytes, string reason) => new()
    {
        Key = key,
        Action = ObjectAction.Delete,
        Result = dryRun ? OutcomeResult.Planned : OutcomeResult.Done,
        Bytes = bytes,
        Reason = reason,
    };
}
