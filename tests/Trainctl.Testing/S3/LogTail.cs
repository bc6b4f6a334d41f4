namespace Trainctl.Testing.S3;

/// <summary>The end of a log, short enough for an error message.</summary>
internal static class LogTail
{
    private const int Lines = 12;

    public static string Of(string text) =>
        string.Join(
            Environment.NewLine,
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(Lines));

    public static string OfFile(string path) => File.Exists(path) ? Of(File.ReadAllText(path)) : "(no log was written)";
}
