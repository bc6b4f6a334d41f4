using System.Text.RegularExpressions;
using Trainctl.Reporting;

namespace Trainctl.MSBuild;

/// <summary>What a build shows as the code of an error or a warning. Those of the engine's own errors, and four for what is no error there.</summary>
internal static partial class MSBuildCodes
{
    /// <summary>Something is odd, and the operation goes on.</summary>
    public const string Warning = "TRAINCTL5001";

    /// <summary>A training ended with another exit code than 0.</summary>
    public const string TrainingFailed = "TRAINCTL5002";

    /// <summary>The build was cancelled.</summary>
    public const string Cancelled = "TRAINCTL5003";

    /// <summary>A defect of Trainctl.</summary>
    public const string Unexpected = "TRAINCTL5004";

    /// <summary>Where all codes are explained: a page of this package, so that it is of this version, and can be read without a network.</summary>
    public static string HelpLink { get; } = new Uri(PageBeside(Path.GetDirectoryName(typeof(MSBuildCodes).Assembly.Location)!)).AbsoluteUri;

    /// <summary>Takes the code off a text that begins with one.</summary>
    /// <param name="text">A summary of a failure.</param>
    /// <param name="otherwise">The code of a text that has none.</param>
    public static (string Code, string Message) Split(string text, string otherwise) =>
        Leading().Match(text) is { Success: true } match ? (match.Groups["code"].Value, text[match.Length..]) : (otherwise, text);

    /// <summary>One paragraph: a build reads each line of an error as one of its own.</summary>
    public static string OneLine(string text) => VisibleText.Of(text.ReplaceLineEndings(" "));

    [GeneratedRegex(@"^(?<code>TRAINCTL\d{4}):\s*")]
    private static partial Regex Leading();

    /// <summary>The page of the package; native code lies one folder deeper in it than the portable code.</summary>
    private static string PageBeside(string assemblies)
    {
        string[] pages = [.. ((string[])["../..", "../../.."]).Select(up => Path.GetFullPath(Path.Join(assemblies, up, "docs/errors.md")))];
        return pages.FirstOrDefault(File.Exists) ?? pages[0];
    }
}
