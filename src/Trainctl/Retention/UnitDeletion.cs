using Trainctl.Checkpoints;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Retention;

/// <summary>
/// Deletes one checkpoint: what makes readers believe in it first, so that a half-deleted one reads as incomplete; the rest only when that is gone.
/// </summary>
internal sealed class UnitDeletion(IObjectStore store)
{
    public async Task<IReadOnlyList<ObjectOutcome>> DeleteAsync(RetentionDecision decision, CancellationToken cancellationToken)
    {
        var unit = decision.Unit;
        var drift = await DriftAsync(unit, cancellationToken).ConfigureAwait(false);
        if (drift is not null)
            return [.. Planned(decision).Select(o => o.WithFailure(drift) with { Result = OutcomeResult.Refused })];

        var markers = unit.Objects.Where(o => unit.MarkerKeys.Contains(o.Key)).ToArray();
        var outcomes = new List<ObjectOutcome>();
        await DeleteAsync(decision, markers, outcomes, cancellationToken).ConfigureAwait(false);
        var data = unit.Objects.Except(markers).ToArray();
        if (outcomes.TrueForAll(static o => o.Error is null))
        {
            await DeleteAsync(decision, data, outcomes, cancellationToken).ConfigureAwait(false);
            return outcomes;
        }

        var refusal = new TrainctlException(
            TrainctlError.ObjectsFailed, $"Kept, because what makes '{unit.Path}' a checkpoint could not be deleted first.", unit.Path);
        outcomes.AddRange(data.Select(o => Outcome(decision, o).WithFailure(refusal) with { Result = OutcomeResult.Refused }));
        return outcomes;
    }

    /// <summary>What would be deleted, in the order in which it would be.</summary>
    public static IEnumerable<ObjectOutcome> Planned(RetentionDecision decision) =>
        decision.Unit.Objects.OrderBy(o => !decision.Unit.MarkerKeys.Contains(o.Key)).Select(o => Outcome(decision, o) with { Result = OutcomeResult.Planned });

    private async Task DeleteAsync(
        RetentionDecision decision, StoredObject[] objects, List<ObjectOutcome> outcomes, CancellationToken cancellationToken)
    {
        if (objects.Length == 0)
            return;
        var results = await store.DeleteAsync([.. objects.Select(static o => new DeleteRequest(o.Key, o))], cancellationToken).ConfigureAwait(false);
        outcomes.AddRange(results.Zip(objects, (result, found) =>
            result.Failure is { } failure ? Outcome(decision, found).WithFailure(failure) : Outcome(decision, found)));
    }

    /// <summary>Looks once more: a run that was restarted may be writing into the same names again. What is gone already is no drift.</summary>
    private async Task<TrainctlException?> DriftAsync(CheckpointUnit unit, CancellationToken cancellationToken)
    {
        var before = unit.Objects.ToDictionary(static o => o.Key, StringComparer.Ordinal);
        var request = new ListRequest { Prefix = unit.IsFolder ? unit.Path + "/" : unit.Path };
        await foreach (var now in store.ListAsync(request, cancellationToken).ConfigureAwait(false))
        {
            var isSame = before.TryGetValue(now.Key, out var then)
                ? then.ETag is not null ? then.ETag == now.ETag : (then.Size, then.ModifiedAt) == (now.Size, now.ModifiedAt)
                : !unit.IsFolder;
            if (!isSame)
            {
                return new TrainctlException(
                    TrainctlError.Drift, $"'{store.Root.Append(now.Key)}' changed since its deletion was decided, so all of '{unit.Path}' was kept. Run again to decide anew.", now.Key);
            }
        }

        return null;
    }

    private static ObjectOutcome Outcome(RetentionDecision decision, StoredObject found) => new()
    {
        Key = found.Key,
        Action = ObjectAction.Delete,
        Result = OutcomeResult.Done,
        Bytes = found.Size,
        Reason = decision.RemovalReason ?? "",
    };
}
