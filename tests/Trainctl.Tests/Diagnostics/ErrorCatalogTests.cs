using Trainctl.Diagnostics;

namespace Trainctl.Tests.Diagnostics;

public sealed class ErrorCatalogTests
{
    [Test]
    public void Every_error_has_a_documented_code_and_exit_code([Values] TrainctlError error)
    {
        var root = TestContext.CurrentContext.TestDirectory;
        while (!File.Exists(Path.Join(root, "Trainctl.sln")))
            root = Path.GetDirectoryName(root)!;
        var row = File.ReadLines(Path.Join(root, "docs", "errors.md")).SingleOrDefault(l => l.StartsWith($"| {ErrorCatalog.Code(error)} |", StringComparison.Ordinal));

        Assert.That(row, Does.EndWith($"| {ErrorCatalog.ExitCode(error)} |"));
    }
}
