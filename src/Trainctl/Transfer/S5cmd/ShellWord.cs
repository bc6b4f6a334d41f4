namespace Trainctl.Transfer.S5cmd;

/// <summary>Texts as words of the lines that <c>s5cmd run</c> reads; it splits them as a POSIX shell does. Pure.</summary>
internal static class ShellWord
{
    /// <summary>Whether a text can be part of a line: a control character may end the line, or be lost at its end.</summary>
    public static bool IsPossible(string text) => !text.Any(char.IsControl);

    /// <summary>In single quotes, in which nothing but the single quote itself has a meaning.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}
