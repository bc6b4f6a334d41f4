using System.Diagnostics;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>A small file system in memory, mounted on a folder. Only root may mount; without that its tests are skipped and say so.</summary>
internal sealed class FullDisk : IDisposable
{
    private readonly string _folder;

    private FullDisk(string folder) => _folder = folder;

    public static FullDisk Mount(string folder, int mebiBytes)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", $"size={mebiBytes}m", "tmpfs", folder) != 0)
            throw new IgnoreException("No file system can be mounted here, so nothing was tried with a full disk. Run the tests as root on Linux.");
        return new FullDisk(folder);
    }

    /// <summary>Takes all space that is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Path.Join(_folder, "filler"), FileMode.CreateNew);
        var block = new byte[64 * 1024];
        try
        {
            while (true)
            {
                filler.Write(block);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Path.Join(_folder, "filler"));

    public void Dispose() => Run("umount", "-l", _folder);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
