using System.Diagnostics;
using System.Globalization;

namespace Trainctl.Testing.S3;

/// <summary>
/// One process of a cluster, with its output in a file beside its data. Disposing kills it: nothing in the cluster is worth saving.
/// </summary>
internal sealed class CephDaemon : IDisposable
{
    private readonly Process process;
    private readonly string log;

    private CephDaemon(string name, Process process, string log, Action onEnd)
    {
        Name = name;
        this.process = process;
        this.log = log;
        process.Exited += (_, _) => onEnd();
        process.EnableRaisingEvents = true;
    }

    public string Name { get; }

    public bool HasExited => process.HasExited;

    /// <summary>Starts a daemon; <paramref name="onEnd"/> is called when it ends, whoever ends it.</summary>
    public static async Task<CephDaemon> StartAsync(
        string[] command, CephConfiguration configuration, Action onEnd, CancellationToken cancellationToken)
    {
        var name = command[0];
        var log = Path.Combine(configuration.Folder, $"{name}.log");
        // The shell only redirects and then becomes the daemon: a pipe to this process would have to be read for ever, and an inherited
        // output would keep the caller of this process waiting for its end.
        const string script = """exec "$@" >"$TRAINCTL_DAEMON_LOG" 2>&1 </dev/null""";
        var start = new ProcessStartInfo("/bin/sh", ["-c", script, "sh", .. DieWithParent(), .. command])
        {
            Environment =
            {
                ["TRAINCTL_DAEMON_LOG"] = log,
                [CephFolder.ConfigurationVariable] = configuration.ConfigurationFile,
            },
        };
        cancellationToken.ThrowIfCancellationRequested();
        var process = await LongLivedThread.RunAsync(() => Process.Start(start)!);
        await File.WriteAllTextAsync(
            Path.Combine(configuration.Folder, name + CephFolder.ProcessFileExtension),
            process.Id.ToString(CultureInfo.InvariantCulture),
            CancellationToken.None);
        return new CephDaemon(name, process, log, onEnd);
    }

    public string LogTail() => S3.LogTail.OfFile(log);

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit(TimeSpan.FromSeconds(10));
        process.Dispose();
    }

    /// <summary>Makes the kernel kill the daemon even when this process gets no chance to.</summary>
    private static string[] DieWithParent() => ProgramPath.Exists("setpriv") ? ["setpriv", "--pdeathsig", "KILL"] : [];
}
