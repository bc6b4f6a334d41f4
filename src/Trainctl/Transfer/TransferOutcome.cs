using Trainctl.Reporting;

namespace Trainctl.Transfer;

/// <summary>Transfers as reports tell them.</summary>
internal static class TransferOutcome
{
    public static ObjectOutcome Planned(TransferItem item) => new()
    {
        Key = item.Key,
        Action = ObjectAction.Copy,
        Result = OutcomeResult.Planned,
        Bytes = item.Object.Size,
        Reason = item.Reason,
    };

    public static ObjectOutcome Of(TransferResult result)
    {
        var outcome = Planned(result.Item) with { Result = OutcomeResult.Done, Checksum = result.Checksum?.ToString() };
        return result.Failure is { } failure ? outcome.WithFailure(failure) : outcome;
    }
}
