using Cake.Core;
using Cake.Core.Diagnostics;
using Trainctl.Diagnostics;
using Trainctl.Reporting;

namespace Trainctl.Cake;

/// <summary>In a dry run, what an earlier step would have created is not there; that is no failure of the steps after it.</summary>
internal static class EarlierSteps
{
    public static bool WouldCreateWhatIsMissing(CakeException failure) =>
        failure.InnerException is TrainctlException { Error: TrainctlError.SourceNotFound or TrainctlError.StoreNotFound };

    public static void Explain(ICakeContext context, CakeException failure) => context.Log.Write(
        Verbosity.Normal,
        LogLevel.Information,
        "{0}",
        VisibleText.Of($"Dry run: nothing to look at yet, earlier steps would have to run first. {failure.InnerException?.Message}"));
}
