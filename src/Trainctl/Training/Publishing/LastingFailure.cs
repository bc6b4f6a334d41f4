using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Training.Publishing;

/// <summary>Failures that are the same in a minute, so that nobody waits for them. Pure.</summary>
internal static class LastingFailure
{
    private static readonly HashSet<string> Codes =
    [
        .. new[]
        {
            TrainctlError.StoreNotFound, TrainctlError.AccessDenied, TrainctlError.CredentialsNotFound, TrainctlError.CredentialsRejected,
            TrainctlError.UnsafeKey, TrainctlError.InvalidUrl, TrainctlError.InvalidSetting, TrainctlError.InvalidFile,
        }.Select(ErrorCatalog.Code),
    ];

    public static bool Is(TrainctlError? error) => error is { } known && Codes.Contains(ErrorCatalog.Code(known));

    /// <summary>A name stays what it is.</summary>
    public static bool Is(ListingProblem problem) => problem.Kind == ListingProblemKind.InvalidName || Is(problem.Error);

    /// <summary>Whether there are failures, and all are of that kind.</summary>
    public static bool Is(IEnumerable<ObjectOutcome> outcomes)
    {
        var failed = outcomes.Where(static o => o.Error is not null).ToArray();
        return failed.Length > 0 && Array.TrueForAll(failed, static o => o.ErrorCode is { } code && Codes.Contains(code));
    }
}
