using System.Text.RegularExpressions;

namespace Trainctl.MSBuild.Tests;

/// <summary>What a failed build says.</summary>
internal static partial class BuildErrors
{
    /// <summary>The one error of a build that must fail.</summary>
    public static async Task<string> OnlyErrorAsync(PipelineProject project, params string[] arguments)
    {
        var (exitCode, output) = await project.BuildAsync(arguments);
        Assert.That(exitCode, Is.EqualTo(1), output);
        // The summary says each error once more.
        var errors = output[..output.IndexOf("Build FAILED.", StringComparison.Ordinal)].Split('\n').Select(static l => l.Trim()).Where(static l => ErrorLine().IsMatch(l)).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(errors, Has.Length.EqualTo(1), output);
            Assert.That(output, Does.Not.Contain("   at "));
        });
        return errors[0];
    }

    [GeneratedRegex(@"\berror [A-Z]+\d+: ")]
    private static partial Regex ErrorLine();
}
