using Trainctl.Testing;
using Trainctl.Transfer;
using Trainctl.Transfer.S5cmd;

namespace Trainctl.S3.Tests;

/// <summary>The s5cmd that is on this machine's PATH, if any.</summary>
internal static class RealS5cmd
{
    private const string Missing = "There is no s5cmd on PATH, so nothing was tried with it. Get 2.3.0 from https://github.com/peak/s5cmd/releases to run these tests.";

    /// <summary>Null when there is none.</summary>
    public static string? Path { get; } = S5cmdLocator.Find(
        new EngineHost { WorkingDirectory = System.IO.Path.GetTempPath(), Environment = Environment.GetEnvironmentVariable }, out _);

    /// <summary>The backends that tests are repeated for. Where a skipped test would be a failure, s5cmd is left out when it is not there, and that is printed.</summary>
    public static IEnumerable<TransferBackend> Backends() =>
        Path is null && ContinuousIntegration.IsOn ? [TransferBackend.BuiltIn] : [TransferBackend.BuiltIn, TransferBackend.S5cmd];

    /// <summary>The program; without one the test is ignored, and says so.</summary>
    public static string Require() => Path ?? throw new IgnoreException(Missing);

    /// <summary>The same, where a skipped test would be a failure: prints that nothing was tried.</summary>
    public static bool IsThere()
    {
        if (Path is not null)
            return true;
        // What goes to Progress is hidden by test runners.
        TestContext.Error.WriteLine(Missing);
        return ContinuousIntegration.IsOn ? false : throw new IgnoreException(Missing);
    }
}
