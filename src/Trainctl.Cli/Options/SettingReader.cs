using System.Globalization;
using Trainctl.Cli.Commands;
using Trainctl.Diagnostics;
using Trainctl.Quantities;

namespace Trainctl.Cli.Options;

/// <summary>Typed values of settings. A text that is none fails with exit code 2, naming the option, the text and what would be right.</summary>
internal static class SettingReader
{
    public static string? Text(this Invocation run, Setting setting) => run.Values(setting) is [.., var last] ? last : null;

    public static IReadOnlyList<string> Texts(this Invocation run, Setting setting) => run.Values(setting) ?? [];

    public static bool Has(this Invocation run, Setting setting) => run.Text(setting) is { } text && (text.ToUpperInvariant() switch
    {
        "TRUE" or "1" => true,
        "FALSE" or "0" => false,
        _ => throw run.Invalid(setting, $"'{text}' is neither true nor false"),
    });

    public static int? Int(this Invocation run, Setting setting) => run.Long(setting) switch
    {
        null => null,
        > int.MaxValue or < int.MinValue => throw run.Invalid(setting, $"'{run.Text(setting)}' is too large"),
        var value => (int)value,
    };

    public static long? Long(this Invocation run, Setting setting) => run.Text(setting) is { } text ? Long(run, setting, text) : null;

    public static IReadOnlyList<long> Longs(this Invocation run, Setting setting) =>
        [.. run.Texts(setting).SelectMany(t => Parts(run, setting, t)).Select(t => Long(run, setting, t))];

    public static double? Number(this Invocation run, Setting setting) => run.Text(setting) switch
    {
        null => null,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        // A share may be written as a percentage.
        [.. var percent, '%'] when double.TryParse(percent, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value / 100,
        var text => throw run.Invalid(setting, $"'{text}' is no number"),
    };

    public static long? Bytes(this Invocation run, Setting setting) => run.Text(setting) is not { } text ? null
        : ByteSize.TryParse(text, out var bytes, out var problem) ? bytes
        : throw run.Invalid(setting, problem);

    public static TimeSpan? Time(this Invocation run, Setting setting) => run.Text(setting) is not { } text ? null
        : Duration.TryParse(text, out var duration, out var problem) ? duration
        : throw run.Invalid(setting, problem);

    /// <summary>A point in time: a date and time, or how long ago. Before all dates is the first of them.</summary>
    public static DateTimeOffset? Moment(this Invocation run, Setting setting) => run.Text(setting) is not { } text ? null
        : Duration.TryParse(text, out var ago, out _) ? Before(run.Host.Time.GetUtcNow(), ago)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw run.Invalid(setting, $"'{text}' is no time. Write how long ago, such as 2h, or a time such as 2026-11-24T16:00:00Z");

    public static Uri? Address(this Invocation run, Setting setting) => run.Text(setting) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
        : throw run.Invalid(setting, $"'{text}' is no address. Write http://host:port or https://host");

    /// <summary>One of the named values.</summary>
    public static T? Choice<T>(this Invocation run, Setting setting, IReadOnlyDictionary<string, T> choices)
        where T : struct => run.Text(setting) is not { } text ? null
        : choices.TryGetValue(text.ToLowerInvariant(), out var value) ? value
        : throw run.Invalid(setting, $"'{text}' is not one of {string.Join(", ", choices.Keys)}");

    /// <summary>Fails when one of these options is on the command line, where it can have no effect.</summary>
    /// <param name="run">This one.</param>
    /// <param name="why">What they are about, and what is missing.</param>
    /// <param name="settings">The options.</param>
    public static void RefuseUnused(this Invocation run, string why, params IEnumerable<Setting> settings)
    {
        if (settings.FirstOrDefault(run.IsOption) is { } unused)
            throw run.Invalid(unused, why);
    }

    /// <summary>A value that cannot be used, and where it comes from unless the command line has it.</summary>
    public static TrainctlException Invalid(this Invocation run, Setting setting, string problem) =>
        new(TrainctlError.InvalidSetting, $"{setting.Name}: {problem.TrimEnd('.')}.{(run.OriginOf(setting) is { } origin ? " " + origin : "")}", setting.Name);

    private static string[] Parts(Invocation run, Setting setting, string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } parts ? parts : throw run.Invalid(setting, $"'{text}' names none");

    private static DateTimeOffset Before(DateTimeOffset now, TimeSpan ago) => ago < now - DateTimeOffset.MinValue ? now - ago : DateTimeOffset.MinValue;

    private static long Long(Invocation run, Setting setting, string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw run.Invalid(setting, $"'{text}' is no whole number");
}
