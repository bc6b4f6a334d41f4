using System.Security;

namespace Trainctl.Training.Scripts;

/// <summary>What is there when a script is to be run: files, programs, variables.</summary>
internal sealed record ScriptSurroundings
{
    /// <summary>Absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Whether there is a file at an absolute path.</summary>
    public required Func<string, bool> IsFile { get; init; }

    /// <summary>Whether the system would run the file at an absolute path.</summary>
    public required Func<string, bool> IsExecutable { get; init; }

    /// <summary>Names of the files in a folder; none where there is no such folder.</summary>
    public required Func<string, IReadOnlyList<string>> NamesIn { get; init; }

    /// <summary>Whether names end with <c>.exe</c>.</summary>
    public required bool IsWindows { get; init; }

    /// <summary>The real ones.</summary>
    public static ScriptSurroundings Of(EngineHost host) => new()
    {
        WorkingDirectory = host.WorkingDirectory,
        Environment = host.Environment,
        IsFile = File.Exists,
        IsExecutable = IsExecutableFile,
        NamesIn = FileNamesIn,
        IsWindows = OperatingSystem.IsWindows(),
    };

    /// <summary>The first program of that name on <c>PATH</c>; null where there is none.</summary>
    public string? Find(string program)
    {
        string[] endings = IsWindows ? [".exe", ".cmd", ".bat", ""] : [""];
        return (Environment("PATH") ?? "").Split(IsWindows ? ';' : ':', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => endings.Select(ending => Path.Join(Path.GetFullPath(folder, WorkingDirectory), program + ending)))
            .FirstOrDefault(path => IsFile(path) && IsExecutable(path));
    }

    private static bool IsExecutableFile(string path)
    {
        if (OperatingSystem.IsWindows())
            return Path.GetExtension(path).ToUpperInvariant() is ".EXE" or ".COM" or ".CMD" or ".BAT";
        const UnixFileMode Any = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & Any) != 0;
    }

    private static IReadOnlyList<string> FileNamesIn(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Select(static path => Path.GetFileName(path))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SecurityException)
        {
            return [];
        }
    }
}
