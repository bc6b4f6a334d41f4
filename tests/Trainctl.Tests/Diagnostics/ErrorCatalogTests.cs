using Trainctl.Diagnostics;
using Trainctl.Testing;

namespace Trainctl.Tests.Diagnostics;

public sealed class ErrorCatalogTests
{
    [Test]
    public void Every_error_has_a_documented_code_and_exit_code([Values] TrainctlError error)
    {
        var row = File.ReadLines(Path.Join(Repository.Root, "docs", "errors.md")).SingleOrDefault(l => l.StartsWith($"| {ErrorCatalog.Code(error)} |", StringComparison.Ordinal));

        Assert.That(row, Does.EndWith($"| {ErrorCatalog.ExitCode(error)} |"));
    }

    [Test]
    public void No_name_of_an_object_makes_a_line_of_its_own() => Assert.That(
        new TrainctlException(TrainctlError.ReadFailed, "'x\nerror TRAINCTL9999: forged' failed").ToDisplayString(),
        Is.EqualTo("error TRAINCTL1008: 'x\\u000aerror TRAINCTL9999: forged' failed"));
}
