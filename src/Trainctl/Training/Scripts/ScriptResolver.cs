using Trainctl.Diagnostics;

namespace Trainctl.Training.Scripts;

/// <summary>How a script is run, from its name and what is there. Pure.</summary>
internal sealed class ScriptResolver(ScriptSurroundings place)
{
    private static readonly string[] VirtualEnvironments = [".venv", "venv"];

    /// <exception cref="TrainctlException">The script is not there, or nothing that could run it.</exception>
    public ScriptCommand Resolve(string script, IReadOnlyList<string> arguments)
    {
        var path = Path.GetFullPath(script, place.WorkingDirectory);
        if (!place.IsFile(path))
        {
            return Path.GetFileName(script) == script && place.Find(script) is { } program
                ? new ScriptCommand(program, arguments)
                : throw Missing(script, path);
        }

        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PY" => Python(path, arguments),
            ".CS" => new ScriptCommand(DotNet(path), ["run", "--file", path, "--", .. arguments]),
            ".DLL" => new ScriptCommand(DotNet(path), [path, .. arguments]),
            ".PS1" => new ScriptCommand(
                Interpreter(path, "PowerShell", ["pwsh", .. place.IsWindows ? ["powershell"] : (string[])[]]), ["-NoProfile", "-File", path, .. arguments]),
            _ when place.IsExecutable(path) => new ScriptCommand(path, arguments),
            ".SH" => new ScriptCommand(Interpreter(path, "shell", ["bash", "sh"]), [path, .. arguments]),
            _ => throw new TrainctlException(
                TrainctlError.InvalidSetting,
                $"'{path}' is not executable, and its ending does not say what runs it (.py, .cs, .dll, .ps1, .sh). Make it executable with chmod +x, or rename it.",
                path),
        };
    }

    /// <summary>The project's own Python goes before one that happens to be activated. Both are used as their activation would.</summary>
    private ScriptCommand Python(string path, IReadOnlyList<string> arguments)
    {
        foreach (var folder in Projects(path).SelectMany(static f => VirtualEnvironments.Select(name => Path.Join(f, name))).Append(place.Environment("VIRTUAL_ENV")))
        {
            if (folder is null)
                continue;
            var programs = Path.Join(folder, place.IsWindows ? "Scripts" : "bin");
            var python = Path.Join(programs, place.IsWindows ? "python.exe" : "python");
            if (!place.IsFile(python))
                continue;
            return new ScriptCommand(python, [path, .. arguments])
            {
                Environment = new Dictionary<string, string>
                {
                    ["VIRTUAL_ENV"] = folder,
                    ["PATH"] = $"{programs}{(place.IsWindows ? ';' : ':')}{place.Environment("PATH")}",
                },
            };
        }

        return new ScriptCommand(Interpreter(path, "Python", ["python3", "python"]), [path, .. arguments]);
    }

    /// <summary>The script's folder and those above it, up to the working directory; then that, for scripts that lie elsewhere.</summary>
    private IEnumerable<string> Projects(string path)
    {
        // In full, as the script's own path is; a root keeps its separator.
        var top = Path.TrimEndingDirectorySeparator(Path.GetFullPath(place.WorkingDirectory));
        var below = Path.EndsInDirectorySeparator(top) ? top : top + Path.DirectorySeparatorChar;
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (folder == top || !folder.StartsWith(below, StringComparison.Ordinal))
            {
                if (folder != top && folder == Path.GetDirectoryName(path))
                    yield return folder;
                break;
            }

            yield return folder;
        }

        yield return top;
    }

    /// <summary>The .NET that runs this process where it says so, else the one on the path.</summary>
    private string DotNet(string path) =>
        place.Environment("DOTNET_HOST_PATH") is { Length: > 0 } host && place.IsFile(host) ? host : Interpreter(path, ".NET", ["dotnet"]);

    private string Interpreter(string path, string what, string[] programs) =>
        programs.Select(place.Find).FirstOrDefault(static p => p is not null) ?? throw new TrainctlException(
            TrainctlError.InvalidSetting,
            $"'{path}' needs {what}, and there is no {string.Join(" or ", programs)} on PATH{(what == "Python" ? ", nor a virtual environment (.venv, venv) beside or above it" : "")}. "
            + "Install it, or add its folder to PATH.",
            path);

    private TrainctlException Missing(string script, string path)
    {
        var folder = Path.GetDirectoryName(path) ?? place.WorkingDirectory;
        var hint = NearestName.Of(Path.GetFileName(path), place.NamesIn(folder)) is { } nearest ? $" Did you mean '{nearest}'?" : "";
        return new TrainctlException(TrainctlError.ObjectNotFound, $"There is no script '{script}' in '{folder}', and no program of that name on PATH.{hint}", path);
    }
}
