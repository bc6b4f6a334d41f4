using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Retention.Deleting;

/// <summary>
/// Deletes one checkpoint: what makes readers believe in it first, so that a half-deleted one reads as incomplete; the rest only when that is gone.
/// </summary>
internal sealed class UnitDeletion(IObjectStore store)
{
    /// <summary>Deletes what is still there of a checkpoint.</summary>
    /// <param name="unit">The checkpoint.</param>
    /// <param name="present">Which of its objects are there, in the order of the plan.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>One outcome for each of them, in the same order.</returns>
    public async Task<IReadOnlyList<ObjectOutcome>> DeleteAsync(PlannedUnit unit, IReadOnlyList<PlannedObject> present, CancellationToken cancellationToken)
    {
        var outcomes = new List<ObjectOutcome>();
        foreach (var step in present.GroupBy(static o => o.Batch).OrderBy(static g => g.Key))
        {
            var objects = step.ToArray();
            if (outcomes.Exists(static o => o.Error is not null))
            {
                var refusal = new TrainctlException(
                    TrainctlError.ObjectsFailed, $"Kept, because what makes '{unit.Path}' a checkpoint could not be deleted first.", unit.Path);
                outcomes.AddRange(objects.Select(o => Outcome(unit, o).WithFailure(refusal) with { Result = OutcomeResult.Refused }));
                continue;
            }

            var results = await store.DeleteAsync([.. objects.Select(static o => new DeleteRequest(o.Key, o.ToStored()))], cancellationToken).ConfigureAwait(false);
            outcomes.AddRange(results.Zip(objects, (result, found) =>
                result.Failure is { } failure ? Outcome(unit, found).WithFailure(failure) : Outcome(unit, found)));
        }

        return outcomes;
    }

    public static ObjectOutcome Outcome(PlannedUnit unit, PlannedObject found, ObjectAction action = ObjectAction.Delete) => new()
    {
        Key = found.Key,
        Action = action,
        Result = OutcomeResult.Done,
        Bytes = found.Size,
        Reason = string.Join("; ", unit.Reasons),
    };
}
