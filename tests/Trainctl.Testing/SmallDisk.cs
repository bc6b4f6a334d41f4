using System.Diagnostics;
using NUnit.Framework;

namespace Trainctl.Testing;

/// <summary>A real file system of a few bytes in memory (tmpfs), gone afterwards. Only root on Linux can make one.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;
    private bool _isMounted;

    private SmallDisk(string? path) => _path = path ?? _folder.Path;

    public TemporaryFolder Folder => _folder;

    /// <summary>Makes one; where that cannot be the test is ignored, loudly, and fails where the variable CI says so and the user is root.</summary>
    /// <param name="bytes">How large it is.</param>
    /// <param name="path">The folder that it lies over, which cannot be removed then; null for <see cref="Folder"/>.</param>
    public static SmallDisk Mount(int bytes, string? path = null)
    {
        var disk = new SmallDisk(path);
        var problem = OperatingSystem.IsLinux() ? Mounted("-t", "tmpfs", "-o", $"size={bytes}", "trainctl-test", disk._path) : "This is not Linux.";
        if (problem is null)
        {
            disk._isMounted = true;
            return disk;
        }

        disk.Dispose();
        var message = $"No small disk could be mounted, so nothing was tried on a full one. {problem}";
        // What goes to Progress is hidden by test runners.
        TestContext.Error.WriteLine(message);
        throw Environment.IsPrivilegedProcess && OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("CI") is "1" or "true"
            ? new AssertionException(message)
            : new IgnoreException(message);
    }

    /// <summary>Takes what is free, but for so many bytes.</summary>
    public void Fill(long butBytes)
    {
        var free = new DriveInfo(_path).AvailableFreeSpace - butBytes;
        if (free > 0)
            File.WriteAllBytes(Ballast, new byte[free]);
    }

    public void Free() => File.Delete(Ballast);

    private string Ballast => Path.Join(_path, "ballast");

    /// <summary>Makes it read-only, which binds root too, or writable again.</summary>
    public void MakeReadOnly(bool isReadOnly = true) =>
        Assert.That(Mounted("-o", isReadOnly ? "remount,ro" : "remount,rw", _path), Is.Null);

    public void Dispose()
    {
        if (_isMounted)
            Run("umount", _path);
        _folder.Dispose();
    }

    private static string? Mounted(params string[] arguments) => Run("mount", arguments);

    /// <summary>What went wrong; null when nothing did.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{program}: {error.Trim()}";
    }
}
