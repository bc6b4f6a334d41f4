using Trainctl.Testing;
using Trainctl.Transfer;

namespace Trainctl.S3.Tests;

/// <summary>
/// Tests that run once for each of some seeds, each about one command, and tell what went wrong on the way when they fail. What they met is counted for
/// <see cref="FaultCountTests"/>.
/// </summary>
public abstract class FaultScheduleFixture
{
    private FaultScene? _scene;

    protected static IEnumerable<int> Seeds => Enumerable.Range(1, SearchSize.Of(4));

    /// <summary>For commands that share the way of their bytes with another that is tried with all seeds.</summary>
    protected static IEnumerable<int> FewerSeeds => Enumerable.Range(1, SearchSize.Of(2));

    protected static IEnumerable<TransferBackend> Backends => RealS5cmd.Backends();

    /// <summary>What happened in this run.</summary>
    protected string Story { get; set; } = "";

    [TearDown]
    public void TellFailure()
    {
        FaultCount.Add(TestContext.CurrentContext.Test.MethodName!, _scene?.Proxy.Traffic.Happened);
        _scene = null;
        if (TestContext.CurrentContext.Result.FailCount > 0)
            TestContext.Out.WriteLine(Story);
    }

    /// <summary>A scene whose faults are counted for the command that the test is about.</summary>
    private protected async Task<FaultScene> SceneAsync(int seed, TransferBackend backend = TransferBackend.BuiltIn) =>
        _scene = await FaultScene.CreateAsync(seed, backend);
}
