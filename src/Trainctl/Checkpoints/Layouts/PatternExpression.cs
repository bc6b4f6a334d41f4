using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Trainctl.Diagnostics;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// A <see cref="CheckpointPattern"/> that was checked. Matching takes linear time where the expression allows it, and a bounded time otherwise.
/// </summary>
internal sealed class PatternExpression
{
    private static readonly string[] KnownGroups = ["run", "step", "epoch", "metric"];
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    /// <exception cref="TrainctlException">
    /// With <see cref="TrainctlError.InvalidSetting"/>: the expression does not parse, or has a group of another name.
    /// </exception>
    public PatternExpression(CheckpointPattern pattern)
    {
        Pattern = pattern;
        _regex = Compile(pattern.Expression);
        if (_regex.IsMatch(""))
            throw Invalid("it matches an empty key, so it would match everywhere");
        foreach (var name in _regex.GetGroupNames().Where(static n => !int.TryParse(n, CultureInfo.InvariantCulture, out _)))
        {
            if (!KnownGroups.Contains(name, StringComparer.Ordinal))
            {
                var hint = NearestName.Of(name, KnownGroups) is { } nearest ? $"; did you mean '{nearest}'?" : "";
                throw Invalid($"it has a group '{name}'{hint} Groups are {string.Join(", ", KnownGroups)}");
            }
        }

        if (pattern.SettleTime < TimeSpan.Zero)
            throw new TrainctlException(TrainctlError.InvalidSetting, $"SettleTime is {pattern.SettleTime}; it must be 0 or more.", nameof(pattern.SettleTime));
        if (pattern.Marker is { } marker && (marker.Length == 0 || marker.Contains('/', StringComparison.Ordinal)))
            throw new TrainctlException(TrainctlError.InvalidSetting, $"Marker is '{marker}'; it must be the name of a file, without '/'.", nameof(pattern.Marker));
    }

    public CheckpointPattern Pattern { get; }

    /// <summary>What a key says; null when it does not match.</summary>
    public PatternMatch? Match(string key)
    {
        try
        {
            return _regex.Match(key) is { Success: true, Length: > 0 } match ? Read(match, key) : null;
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"Pattern '{Pattern.Expression}' takes longer than {Timeout.TotalSeconds} s for the key '{key}'. "
                + "Write it without nested repetitions and look-arounds.",
                nameof(Pattern),
                exception);
        }
    }

    private static PatternMatch Read(Match match, string key)
    {
        var path = key[..(match.Index + match.Length)];
        return new PatternMatch(
            path,
            match.Groups["run"] is { Success: true } run ? run.Value : SeriesOf(match, path),
            Number(match, "step") is { } step && long.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) ? steps : null,
            Real(match, "epoch"),
            Real(match, "metric"));
    }

    private static string? Number(Match match, string group) => match.Groups[group] is { Success: true } found ? found.Value : null;

    private static double? Real(Match match, string group) =>
        double.TryParse(Number(match, group), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>The path with <c>*</c> for each number.</summary>
    private static string SeriesOf(Match match, string path)
    {
        var series = new StringBuilder(path);
        var numbers = match.Groups.Values.Where(static g => g.Success && g.Name is "step" or "epoch" or "metric");
        foreach (var group in numbers.OrderByDescending(static g => g.Index))
        {
            if (group.Index + group.Length <= series.Length)
                series.Remove(group.Index, group.Length).Insert(group.Index, '*');
        }

        return series.ToString();
    }

    private Regex Compile(string expression)
    {
        if (string.IsNullOrEmpty(expression))
            throw Invalid("it is empty");
        try
        {
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Timeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(expression, RegexOptions.CultureInvariant, Timeout);
        }
        catch (RegexParseException exception)
        {
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"at position {exception.Offset}: {exception.Message}"), exception);
        }
    }

    private TrainctlException Invalid(string reason, Exception? inner = null) =>
        new(TrainctlError.InvalidSetting, $"Pattern '{Pattern.Expression}' makes no sense: {reason.TrimEnd('.')}.", nameof(Pattern), inner);
}

/// <summary>What a key says by a pattern.</summary>
/// <param name="Path">The key up to the end of the matched text.</param>
/// <param name="Run">Names the run.</param>
/// <param name="Step">The step.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Metric">The metric.</param>
internal sealed record PatternMatch(string Path, string Run, long? Step, double? Epoch, double? Metric);
