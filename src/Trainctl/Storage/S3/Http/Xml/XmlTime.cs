using System.Globalization;
using System.Text;
using System.Xml;

namespace Trainctl.Storage.S3.Http.Xml;

/// <summary>Times in answers: <c>2024-05-06T07:08:09.123Z</c> nearly always.</summary>
internal static class XmlTime
{
    private const int SecondsEnd = 19;

    /// <exception cref="XmlException">It is no time.</exception>
    public static DateTimeOffset Parse(ReadOnlySpan<byte> text)
    {
        if (TryParseUsual(text, out var usual))
            return usual;
        return DateTimeOffset.TryParse(Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var other)
            ? other
            : throw new XmlException("A time is none.");
    }

    /// <summary>The usual form with any number of decimals; what is finer than 100 ns is cut off.</summary>
    private static bool TryParseUsual(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length <= SecondsEnd || text[^1] != 'Z' || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
            return false;
        if (!TryNumber(text[..4], out var year) || !TryNumber(text[5..7], out var month) || !TryNumber(text[8..10], out var day)
            || !TryNumber(text[11..13], out var hour) || !TryNumber(text[14..16], out var minute) || !TryNumber(text[17..19], out var second)
            || !TryTicks(text[SecondsEnd..^1], out var ticks)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).AddTicks(ticks);
        return true;
    }

    private static bool TryTicks(ReadOnlySpan<byte> fraction, out int ticks)
    {
        ticks = 0;
        if (fraction.IsEmpty)
            return true;
        if (fraction[0] != '.' || fraction.Length == 1 || fraction[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        for (var i = 1; i <= 7; i++)
            ticks = (ticks * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
