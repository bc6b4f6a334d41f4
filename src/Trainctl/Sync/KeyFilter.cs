using System.Text;
using System.Text.RegularExpressions;
using Trainctl.Diagnostics;

namespace Trainctl.Sync;

/// <summary>
/// Chooses keys by glob patterns. <c>*</c> matches within a segment, <c>**</c> across segments, <c>?</c> one character, <c>[a-z]</c> one of a set.
/// A pattern without <c>/</c> is matched against the last segment, at any depth; one that ends with <c>/</c> matches everything below;
/// any other is matched against the whole key. A key is chosen when it matches an include (or there is none) and no exclude.
/// </summary>
internal sealed class KeyFilter
{
    private readonly Regex[] _include;
    private readonly Regex[] _exclude;

    public KeyFilter(IReadOnlyList<string> include, IReadOnlyList<string> exclude)
    {
        _include = [.. include.Select(Compile)];
        _exclude = [.. exclude.Select(Compile)];
    }

    public bool Accepts(string key) => (_include.Length == 0 || AnyMatches(_include, key)) && !AnyMatches(_exclude, key);

    /// <summary>Called for each object of a listing, so it allocates nothing.</summary>
    private static bool AnyMatches(Regex[] patterns, string key)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.IsMatch(key))
                return true;
        }

        return false;
    }

    private static Regex Compile(string pattern)
    {
        if (string.IsNullOrWhiteSpace(pattern))
            throw new TrainctlException(TrainctlError.InvalidSetting, "An include or exclude pattern is empty. Write a glob such as '*.csv' or 'raw/**'.");
        var text = pattern.Replace('\\', '/').TrimStart('/');
        if (text.EndsWith('/'))
            text += "**";
        var regex = new StringBuilder(text.Contains('/', StringComparison.Ordinal) ? "^" : "(?:^|/)");
        for (var i = 0; i < text.Length; i++)
            i += Append(regex, text, i);
        try
        {
            return new Regex(regex.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
        }
        catch (ArgumentException exception)
        {
            throw new TrainctlException(TrainctlError.InvalidSetting, $"'{pattern}' is not a glob: {exception.Message}", pattern, exception);
        }
    }

    /// <summary>Translates what stands at <paramref name="i"/>; answers how many more characters than one it took.</summary>
    private static int Append(StringBuilder regex, string glob, int i)
    {
        switch (glob[i])
        {
            case '*' when glob.AsSpan(i).StartsWith("**/"):
                regex.Append("(?:.*/)?");
                return 2;
            case '*' when glob.AsSpan(i).StartsWith("**"):
                regex.Append(".*");
                return 1;
            case '*':
                regex.Append("[^/]*");
                return 0;
            case '?':
                regex.Append("[^/]");
                return 0;
            case '[' when glob.IndexOf(']', i + 2) is var end and > 0:
                var set = glob[(i + 1)..end].Replace(@"\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal);
                regex.Append('[').Append(set[0] == '!' ? "^" + set[1..] : set).Append(']');
                return end - i;
            default:
                regex.Append(Regex.Escape(glob[i].ToString()));
                return 0;
        }
    }
}
