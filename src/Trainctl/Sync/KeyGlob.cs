using System.Text;
using System.Text.RegularExpressions;
using Trainctl.Diagnostics;

namespace Trainctl.Sync;

/// <summary>One pattern of a <see cref="KeyFilter"/>, which says what it may hold.</summary>
internal sealed class KeyGlob
{
    /// <summary>UTF-16 writes a character above U+FFFF as two.</summary>
    private const string Pair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    private readonly Regex _regex;
    private readonly string _text;
    private readonly bool _isAnchored;

    /// <exception cref="TrainctlException">The pattern is empty or no glob.</exception>
    public KeyGlob(string pattern)
    {
        if (string.IsNullOrWhiteSpace(pattern))
            throw new TrainctlException(TrainctlError.InvalidSetting, "An include or exclude pattern is empty. Write a glob such as '*.csv' or 'raw/**'.");
        var text = pattern.Replace('\\', '/');
        _isAnchored = text.Contains('/', StringComparison.Ordinal);
        _text = (text.EndsWith('/') ? text + "**" : text).TrimStart('/');
        try
        {
            var regex = new StringBuilder(_isAnchored ? "^" : "(?:^|/)");
            for (var i = 0; i < _text.Length; i++)
                i += Append(regex, _text, i);
            _regex = new Regex(regex.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
        }
        catch (ArgumentException exception)
        {
            throw new TrainctlException(TrainctlError.InvalidSetting, $"'{pattern}' is not a glob: {exception.Message}", pattern, exception);
        }
    }

    public bool Matches(string key) => _regex.IsMatch(key);

    /// <summary>Whether it matches whatever may be in a folder. False when in doubt.</summary>
    public bool MatchesAllBelow(string folder) => _text.EndsWith("**", StringComparison.Ordinal) && Matches(folder + "/");

    /// <summary>Whether it could match something in a folder. True when in doubt.</summary>
    public bool MayMatchBelow(string folder)
    {
        var wildcard = _text.AsSpan().IndexOfAny("*?[");
        var literal = wildcard < 0 ? _text : _text[..wildcard];
        var below = folder + "/";
        return !_isAnchored || literal.StartsWith(below, StringComparison.Ordinal) || below.StartsWith(literal, StringComparison.Ordinal);
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
                AppendAnyBut(regex, "");
                return 0;
            case '[' when EndOfSet(glob, i) is var end and > 0:
                AppendSet(regex, glob[(i + 1)..end]);
                return end - i;
            default:
                regex.Append(Regex.Escape(glob[i].ToString()));
                return 0;
        }
    }

    /// <summary>A bracket that comes first in a set belongs to it. Negative when the set does not end.</summary>
    private static int EndOfSet(string glob, int start)
    {
        var first = start + 1;
        if (first < glob.Length && glob[first] is '!' or '^')
            first++;
        return first < glob.Length ? glob.IndexOf(']', first + 1) : -1;
    }

    private static void AppendSet(StringBuilder regex, string set)
    {
        if (set.Any(char.IsSurrogate))
            throw new ArgumentException($"the set '[{set}]' holds a character above U+FFFF.");
        var escaped = set.Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal);
        if (set[0] is '!' or '^')
            AppendAnyBut(regex, escaped[1..]);
        else
            regex.Append('[').Append(escaped).Append(']');
    }

    private static void AppendAnyBut(StringBuilder regex, string set) => regex.Append($@"(?:{Pair}|[^/\uD800-\uDFFF{set}])");
}
