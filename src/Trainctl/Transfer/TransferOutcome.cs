using Trainctl.Reporting;

namespace Trainctl.Transfer;

/// <summary>Transfers as reports tell them.</summary>
internal static class TransferOutcome
{
    /// <summary>What a dry run says: as planned, or refused as the real run would refuse it.</summary>
    public static ObjectOutcome Planned(TransferItem item) =>
        item.Refusal() is { } refusal ? Describe(item).WithFailure(refusal) : Describe(item);

    public static ObjectOutcome Of(TransferResult result)
    {
        var outcome = Describe(result.Item) with { Result = OutcomeResult.Done, Bytes = result.Moved.Size, Checksum = result.Checksum?.ToString() };
        return result.Failure is { } failure ? outcome.WithFailure(failure) : outcome with { Proof = result.Proof };
    }

    private static ObjectOutcome Describe(TransferItem item) => new()
    {
        Key = item.Key,
        Action = ObjectAction.Copy,
        Result = OutcomeResult.Planned,
        Bytes = item.Object.Size,
        Reason = item.Reason,
    };
}
