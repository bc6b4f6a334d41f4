namespace Trainctl.Testing.S3;

/// <summary>Looks for programs the way a shell does.</summary>
internal static class ProgramPath
{
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
