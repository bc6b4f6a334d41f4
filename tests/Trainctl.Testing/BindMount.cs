using System.Diagnostics;

namespace Trainctl.Testing;

/// <summary>A folder that shows what is in another one (mount --bind). Only root on Linux can make one.</summary>
public sealed class BindMount : IDisposable
{
    private readonly string _at;

    private BindMount(string at) => _at = at;

    /// <summary>Makes one; where that cannot be, the test says so.</summary>
    /// <param name="folder">What is shown.</param>
    /// <param name="at">Where; it is made.</param>
    public static BindMount Of(string folder, string at)
    {
        Directory.CreateDirectory(at);
        var problem = OperatingSystem.IsLinux() ? Run("mount", "--bind", folder, at) : "This is not Linux.";
        if (problem is null)
            return new BindMount(at);
        throw ContinuousIntegration.NoMount($"No folder could be mounted, so nothing was tried on one. {problem}");
    }

    public void Dispose() => Run("umount", _at);

    /// <summary>What went wrong; null when nothing did.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program}: {error.Trim()}";
    }
}
