namespace Trainctl.Testing.S3;

/// <summary>What Linux tells about a process under <c>/proc</c>.</summary>
internal static class ProcFile
{
    /// <summary>
    /// Clock ticks between boot and the start of the process, which with its number identifies it; null when there is no such process.
    /// </summary>
    public static string? StartTime(int id)
    {
        var text = Read(id, "stat");
        // The second field is the program's name in brackets and may hold anything; the start time is the 22nd field.
        return text.Length == 0 ? null : text[(text.LastIndexOf(')') + 2)..].Split(' ')[19];
    }

    /// <summary>The variables the process started with, separated by NUL; empty when it may not be read.</summary>
    public static string Environment(int id) => Read(id, "environ");

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
