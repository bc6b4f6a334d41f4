using System.Globalization;

namespace Trainctl.Reporting;

/// <summary>Numbers as people read them, the same everywhere and in every culture.</summary>
public static class HumanText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>A size with at most three significant digits and a binary unit: <c>0 B</c>, <c>1.5 KiB</c>, <c>212 MiB</c>.</summary>
    public static string Size(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (Math.Abs(value) >= 1000 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        var format = unit == 0 || Math.Abs(value) >= 99.95 ? "0" : Math.Abs(value) >= 9.995 ? "0.0" : "0.0#";
        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}");
    }

    /// <summary>A duration: <c>35 ms</c>, <c>1.2 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>, <c>5 d 03 h</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        var culture = CultureInfo.InvariantCulture;
        if (duration < TimeSpan.FromSeconds(1))
            return string.Create(culture, $"{duration.TotalMilliseconds:0} ms");
        if (duration < TimeSpan.FromMinutes(1))
            return string.Create(culture, $"{duration.TotalSeconds:0.0} s");
        if (duration < TimeSpan.FromHours(1))
            return string.Create(culture, $"{duration.Minutes} min {duration.Seconds:00} s");
        if (duration < TimeSpan.FromDays(1))
            return string.Create(culture, $"{duration.Hours} h {duration.Minutes:00} min");
        return string.Create(culture, $"{duration.Days} d {duration.Hours:00} h");
    }

    /// <summary>A number with its noun: <c>1 object</c>, <c>1,024 objects</c>.</summary>
    public static string Count(long number, string singular, string? plural = null) => number == 1
        ? $"1 {singular}"
        : string.Create(CultureInfo.InvariantCulture, $"{number:#,0} {plural ?? singular + "s"}");

    /// <summary>A time as reports show it: UTC, to the second.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
