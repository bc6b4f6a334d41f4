using NUnit.Framework;

namespace Trainctl.Testing;

/// <summary>The real Cake.Frosting, where a feed is named that has it.</summary>
public static class RealFrosting
{
    /// <summary>
    /// Of tests that need it. The build leaves them out where a skipped test would be a failure and there is no feed, and says so (build/tests.cake): a test that
    /// did not run is not counted as passed.
    /// </summary>
    public const string Category = "RealFrosting";

    private const string Variable = "TRAINCTL_TEST_CAKE_FROSTING_FEED";

    private const string Missing =
        $"{Variable} is not set, so nothing was run through the real Cake.Frosting. Set it to a feed that has Cake.Frosting 7.0.0 to run these tests.";

    private static bool _wasSaid;

    /// <summary>A URL or a folder; null when there is none.</summary>
    public static string? Feed { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } feed ? feed : null;

    /// <summary>Without one the test is ignored, and says so.</summary>
    public static void Require()
    {
        if (Feed is not null)
            return;
        SayMissing();
        throw new IgnoreException(Missing);
    }

    /// <summary>Prints, once, that there is none; for a test that has tried something else already.</summary>
    public static void SayMissing()
    {
        // Runners show the error stream, and not the progress of a test that passes.
        if (!Interlocked.Exchange(ref _wasSaid, true))
            TestContext.Error.WriteLine(Missing);
    }
}
