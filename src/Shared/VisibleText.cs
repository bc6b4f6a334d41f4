namespace Trainctl.Reporting;

/// <summary>
/// Text with names in it that come from elsewhere, on its way to a terminal or a log. Keys may hold control characters: none may command a terminal, and no line break may
/// make the rest of a key look like a message of ours. The engine and the front ends compile this in.
/// </summary>
internal static class VisibleText
{
    /// <summary>On one line, with <c>\u000a</c> and the like for control characters.</summary>
    public static string Of(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(static c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) : text;
}
