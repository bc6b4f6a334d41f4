using System.Globalization;
using Trainctl.Diagnostics;
using Trainctl.Quantities;
using Trainctl.Storage;

namespace Trainctl.MSBuild.Binding;

/// <summary>Reads one value of a project file as the type that a setting has.</summary>
internal static class SettingText
{
    /// <summary>The value.</summary>
    /// <exception cref="TrainctlException">The text is none of that type; the message tells what would be right.</exception>
    public static object Read(string name, string text, Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target.IsEnum)
            return Choice(name, text, target);
        return target switch
        {
            _ when target == typeof(string) => text,
            _ when target == typeof(ObjectUrl) => ObjectUrl.Parse(text),
            _ when target == typeof(bool) => Switch(name, text),
            _ when target == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw NoNumber(name, text),
            _ when target == typeof(long) => IsSize(name) ? Size(name, text) : Whole(name, text),
            _ when target == typeof(double) => Share(name, text),
            _ when target == typeof(TimeSpan) => Duration.TryParse(text, out var value, out var problem) ? value : throw Invalid(name, problem),
            _ when target == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : throw Invalid(name, $"'{text}' is no absolute URL."),
            _ when target == typeof(IReadOnlyList<long>) => Parts(text).Select(part => Whole(name, part)).ToArray(),
            _ when target == typeof(IReadOnlyList<string>) => name == "Arguments" ? Words.Split(text) : Parts(text),
            _ => throw new NotSupportedException($"Settings of type {target} cannot be read from a project file."),
        };
    }

    /// <summary>Whether a switch is on.</summary>
    public static bool Switch(string name, string text) => text.ToUpperInvariant() switch
    {
        "TRUE" => true,
        "FALSE" => false,
        _ => throw Invalid(name, $"'{text}' is neither true nor false."),
    };

    private static string[] Parts(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsSize(string name) => name.EndsWith("Bytes", StringComparison.Ordinal) || name.EndsWith("Size", StringComparison.Ordinal)
        || name.EndsWith("BytesPerSecond", StringComparison.Ordinal);

    private static long Size(string name, string text) => ByteSize.TryParse(text, out var bytes, out var problem) ? bytes : throw Invalid(name, problem);

    private static long Whole(string name, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw NoNumber(name, text);

    private static double Share(string name, string text)
    {
        var isPercentage = text.EndsWith('%');
        if (!double.TryParse(isPercentage ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            throw Invalid(name, $"'{text}' is no number. Write a share such as 0.5 or 50%.");
        return isPercentage ? value / 100 : value;
    }

    private static object Choice(string name, string text, Type type)
    {
        var valid = Enum.GetNames(type);
        return valid.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse(type, found)
            : throw Invalid(name, $"'{text}' is none of {string.Join(", ", valid)}.");
    }

    private static TrainctlException NoNumber(string name, string text) => Invalid(name, $"'{text}' is no whole number, or too large.");

    private static TrainctlException Invalid(string name, string problem) => new(TrainctlError.InvalidSetting, $"{name}: {problem}", name);
}
