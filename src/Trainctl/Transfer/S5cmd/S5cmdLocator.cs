namespace Trainctl.Transfer.S5cmd;

/// <summary>Finds the file of s5cmd the way a shell does, in the host's environment. Runs nothing.</summary>
internal static class S5cmdLocator
{
    public const string Variable = "TRAINCTL_S5CMD";
    private const string Name = "s5cmd";
    private const string DefaultExtensions = ".COM;.EXE;.BAT;.CMD";

    /// <summary>Its path; null when there is none, with the reason as half a sentence.</summary>
    public static string? Find(EngineHost host, out string? problem)
    {
        problem = null;
        if (host.Environment(Variable) is { Length: > 0 } named)
        {
            var path = Path.GetFullPath(named, host.WorkingDirectory);
            if (IsProgram(path))
                return path;
            problem = $"{Variable} names '{named}', which is not a program";
            return null;
        }

        // Folders that are relative would make it a matter of the working directory which program runs.
        var found = (host.Environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(folder => Names(host).Select(name => Path.Join(folder, name)))
            .FirstOrDefault(IsProgram);
        if (found is null)
            problem = "there is no s5cmd on PATH";
        return found;
    }

    private static string[] Names(EngineHost host) => OperatingSystem.IsWindows()
        ? [.. (host.Environment("PATHEXT") ?? DefaultExtensions).Split(';', StringSplitOptions.RemoveEmptyEntries).Select(static e => Name + e.ToLowerInvariant())]
        : [Name];

    private static bool IsProgram(string path)
    {
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);
    }
}
