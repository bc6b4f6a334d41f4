using System.Globalization;

namespace Trainctl.Transfer.S5cmd;

/// <summary>A version of s5cmd.</summary>
internal readonly record struct S5cmdVersion(int Major, int Minor, int Patch) : IComparable<S5cmdVersion>
{
    /// <summary>The first whose <c>cp</c> takes <c>--metadata</c> (peak/s5cmd: CHANGELOG.md, v2.2.0).</summary>
    public static readonly S5cmdVersion Oldest = new(2, 2, 0);

    /// <summary>Reads what <c>s5cmd version</c> prints: <c>v2.3.0-991c9fb</c>. Null when it is something else.</summary>
    public static S5cmdVersion? Parse(string text)
    {
        var number = text.Trim().Split('-')[0];
        if (!number.StartsWith('v'))
            return null;
        var fields = number[1..].Split('.');
        return fields.Length == 3 && TryRead(fields[0], out var major) && TryRead(fields[1], out var minor) && TryRead(fields[2], out var patch)
            ? new S5cmdVersion(major, minor, patch)
            : null;
    }

    public int CompareTo(S5cmdVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    private static bool TryRead(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
