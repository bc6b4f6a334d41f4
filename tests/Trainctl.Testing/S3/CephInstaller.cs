using CliWrap;
using CliWrap.Buffered;

namespace Trainctl.Testing.S3;

/// <summary>Installs Ceph's daemons from the distribution where nobody need be asked: as root on Debian and its relatives.</summary>
internal static class CephInstaller
{
    private const string Packages = "ceph-mon ceph-mgr ceph-osd radosgw ceph-common";

    private static readonly string[] Programs =
        ["monmaptool", "ceph", "ceph-mon", "ceph-mgr", "ceph-osd", "radosgw", "radosgw-admin"];

    public static string CommandLine => $"apt-get install --no-install-recommends {Packages}";

    /// <exception cref="ServerUnavailableException">A program is missing and cannot be installed here.</exception>
    public static async Task EnsureAsync(Action<string> log, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            throw new ServerUnavailableException("Ceph's S3 gateway runs on Linux only.");
        if (FirstMissing() is not { } missing)
            return;
        if (!ProgramPath.Exists("apt-get"))
            throw new ServerUnavailableException($"Ceph's program '{missing}' is not installed, and this system has no apt-get.");
        if (!Environment.IsPrivilegedProcess)
            throw new ServerUnavailableException($"Ceph's program '{missing}' is not installed, and only root may install it.");

        log($"Installing {Packages} with apt-get, to run a real S3 server for the tests (about a minute)");
        // An out-of-date package list is often good enough, so only the installation decides.
        var update = await AptGetAsync(["update"], cancellationToken);
        var install = await AptGetAsync(["install", "-y", "--no-install-recommends", .. Packages.Split(' ')], cancellationToken);
        if (!install.IsSuccess)
        {
            throw new ServerUnavailableException(
                $"'{CommandLine}' failed with exit code {install.ExitCode}: {LastLines(install)}"
                + (update.IsSuccess ? "" : $" Before it 'apt-get update' failed: {LastLines(update)}"));
        }

        if (FirstMissing() is { } still)
            throw new ServerUnavailableException($"'{CommandLine}' succeeded, but did not bring the program '{still}'.");
        log($"Installed {Packages}");
    }

    private static string? FirstMissing() => Array.Find(Programs, program => !ProgramPath.Exists(program));

    private static async Task<BufferedCommandResult> AptGetAsync(string[] arguments, CancellationToken cancellationToken) =>
        await Cli.Wrap("apt-get")
            // Another test process may be installing the same packages at this moment.
            .WithArguments(["-o", "DPkg::Lock::Timeout=300", .. arguments])
            .WithEnvironmentVariables(variables => variables.Set("DEBIAN_FRONTEND", "noninteractive"))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);

    private static string LastLines(BufferedCommandResult result) =>
        LogTail.Of(result.StandardError.Length > 0 ? result.StandardError : result.StandardOutput);
}
