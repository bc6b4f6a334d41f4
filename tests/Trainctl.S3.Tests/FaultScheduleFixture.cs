using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>Tests that run once for each of some seeds, and tell what went wrong on the way when they fail.</summary>
public abstract class FaultScheduleFixture
{
    protected static IEnumerable<int> Seeds => Enumerable.Range(1, SearchSize.Of(4));

    /// <summary>For commands that share the way of their bytes with another that is tried with all seeds.</summary>
    protected static IEnumerable<int> FewerSeeds => Enumerable.Range(1, SearchSize.Of(2));

    protected static IEnumerable<TransferBackend> Backends => RealS5cmd.Backends();

    /// <summary>What happened in this run.</summary>
    protected string Story { get; set; } = "";

    [TearDown]
    public void TellFailure()
    {
        if (TestContext.CurrentContext.Result.FailCount > 0)
            TestContext.Out.WriteLine(Story);
    }
}
