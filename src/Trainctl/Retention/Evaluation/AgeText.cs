using System.Globalization;
using Trainctl.Reporting;

namespace Trainctl.Retention.Evaluation;

/// <summary>Ages as people set them: <c>30 d</c>, <c>36 h</c>, <c>90 min</c>.</summary>
internal static class AgeText
{
    public static string Of(TimeSpan age)
    {
        var culture = CultureInfo.InvariantCulture;
        if (age.Ticks > 0 && age.Ticks % TimeSpan.TicksPerDay == 0)
            return string.Create(culture, $"{age.Days} d");
        if (age.Ticks > 0 && age.Ticks % TimeSpan.TicksPerHour == 0)
            return string.Create(culture, $"{age.Ticks / TimeSpan.TicksPerHour} h");
        if (age.Ticks > 0 && age.Ticks % TimeSpan.TicksPerMinute == 0)
            return string.Create(culture, $"{age.Ticks / TimeSpan.TicksPerMinute} min");
        return HumanText.Duration(age);
    }
}
