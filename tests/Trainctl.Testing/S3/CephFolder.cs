using System.Diagnostics;
using System.Globalization;

namespace Trainctl.Testing.S3;

/// <summary>
/// The temporary folder of one cluster. Its name says which process owns it, so that a later run can tell a folder in use from one whose
/// owner was killed.
/// </summary>
internal sealed class CephFolder
{
    public const string ConfigurationVariable = "CEPH_CONF";
    public const string ProcessFileExtension = ".pid";

    private const string Prefix = "trainctl-ceph-";

    private CephFolder(string path) => Path = path;

    public string Path { get; }

    public static CephFolder Create()
    {
        var id = Environment.ProcessId;
        return new CephFolder(Directory.CreateTempSubdirectory($"{Prefix}{id}-{ProcFile.StartTime(id)}-").FullName);
    }

    /// <summary>Removes what earlier runs left behind because they were killed.</summary>
    public static void SweepAbandoned(Action<string> log)
    {
        foreach (var path in Directory.GetDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            if (IsOwned(path))
                continue;
            try
            {
                var folder = new CephFolder(path);
                folder.KillDaemons();
                folder.Delete();
                log($"Removed {path}, left behind by a run that was killed");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another user's, or swept by another run at this moment.
            }
        }
    }

    public void Delete()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private static bool IsOwned(string path)
    {
        var parts = System.IO.Path.GetFileName(path)[Prefix.Length..].Split('-');
        return !int.TryParse(parts[0], CultureInfo.InvariantCulture, out var id) || parts.Length < 2 || ProcFile.StartTime(id) == parts[1];
    }

    private void KillDaemons()
    {
        foreach (var file in Directory.GetFiles(Path, "*" + ProcessFileExtension))
        {
            if (int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var id) && BelongsHere(id))
                Kill(id);
        }
    }

    /// <summary>The number may by now be that of somebody else's process.</summary>
    private bool BelongsHere(int id) => ProcFile.Environment(id).Contains($"{ConfigurationVariable}={Path}/", StringComparison.Ordinal);

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It ended by itself.
        }
    }
}
