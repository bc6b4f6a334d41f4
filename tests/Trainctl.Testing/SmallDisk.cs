using System.Diagnostics;
using NUnit.Framework;

namespace Trainctl.Testing;

/// <summary>A real file system of a few bytes in memory (tmpfs), gone afterwards. Only Linux has them, and who may mount: root, mostly.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder? _own;
    private readonly string _path;
    private bool _isMounted;

    private SmallDisk(string? path)
    {
        _own = path is null ? new TemporaryFolder() : null;
        _path = path ?? _own!.Path;
    }

    /// <summary>What is on it; only of a disk that is in a folder of its own.</summary>
    public TemporaryFolder Folder => _own ?? throw new InvalidOperationException($"The disk is in '{_path}', which is the test's.");

    /// <summary>
    /// Makes one. Whether that can be is tried. Where it cannot, the test is ignored, loudly, and fails where the variable CI is set and root runs it, who mostly can.
    /// </summary>
    /// <param name="bytes">What it has room for.</param>
    /// <param name="path">A folder to mount it on, made when missing; null for one of its own.</param>
    public static SmallDisk Mount(int bytes, string? path = null)
    {
        var disk = new SmallDisk(path);
        Directory.CreateDirectory(disk._path);
        var problem = OperatingSystem.IsLinux() ? Mounted("-t", "tmpfs", "-o", $"size={bytes}", "trainctl-test", disk._path) : "This is not Linux.";
        if (problem is null)
        {
            disk._isMounted = true;
            return disk;
        }

        disk.Dispose();
        throw ContinuousIntegration.NoMount($"No small disk could be mounted, so nothing was tried on a full one. {problem}");
    }

    /// <summary>Takes what is free, but for so many bytes.</summary>
    public void Fill(long butBytes)
    {
        var free = new DriveInfo(_path).AvailableFreeSpace - butBytes;
        if (free > 0)
            File.WriteAllBytes(Ballast, new byte[free]);
    }

    public void Free() => File.Delete(Ballast);

    /// <summary>Makes it read-only, which binds root too, or writable again.</summary>
    public void MakeReadOnly(bool isReadOnly = true) =>
        Assert.That(Mounted("-o", isReadOnly ? "remount,ro" : "remount,rw", _path), Is.Null);

    public void Dispose()
    {
        if (_isMounted)
            Run("umount", "--lazy", _path);
        _own?.Dispose();
    }

    private string Ballast => Path.Join(_path, "ballast");

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
