using System.Security.Cryptography;
using CliWrap;
using CliWrap.Buffered;

namespace Trainctl.Testing.S3;

/// <summary>
/// Ceph's S3 gateway with the smallest cluster that carries it: one monitor, one manager and one OSD, as child processes of this one, in
/// one temporary folder.
/// </summary>
internal sealed class CephCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly CephFolder folder = CephFolder.Create();
    private readonly List<CephDaemon> daemons = [];

    // Ceph's commands wait minutes for a monitor that is gone.
    private readonly CancellationTokenSource daemonEnded = new();
    private readonly CephConfiguration configuration;

    private CephCluster(bool isEncrypted)
    {
        configuration = CephConfiguration.OnFreePorts(folder.Path, isEncrypted);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <param name="isEncrypted">Whether the gateway speaks TLS, with a certificate of an authority of its own.</param>
    /// <param name="log">Told about slow steps.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="ServerUnavailableException">Ceph is not here, or it does not start.</exception>
    public static async Task<S3TestServerResult> StartAsync(bool isEncrypted, Action<string> log, CancellationToken cancellationToken)
    {
        await CephInstaller.EnsureAsync(log, cancellationToken);
        CephFolder.SweepAbandoned(log);
        try
        {
            return await StartOnceAsync(isEncrypted, log, cancellationToken);
        }
        catch (ServerUnavailableException exception) when (exception.Message.Contains("in use", StringComparison.OrdinalIgnoreCase))
        {
            log("Another program took a port that was free a moment ago; trying again");
            return await StartOnceAsync(isEncrypted, log, cancellationToken);
        }
    }

    private static async Task<S3TestServerResult> StartOnceAsync(bool isEncrypted, Action<string> log, CancellationToken cancellationToken)
    {
        var cluster = new CephCluster(isEncrypted);
        try
        {
            var endpoint = await cluster.StartAsync(cancellationToken);
            log($"Started {endpoint.Description}");
            return S3TestServerResult.Running(endpoint, cluster.DisposeAsync);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private async Task<S3TestEndpoint> StartAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, daemonEnded.Token);
        limit.CancelAfter(StartLimit);
        try
        {
            return await StartDaemonsAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ThrowIfDaemonDied();
            throw new ServerUnavailableException(
                $"Ceph did not start within {StartLimit.TotalSeconds} s. The log of {daemons[^1].Name} ends with: {daemons[^1].LogTail()}");
        }
    }

    private async Task<S3TestEndpoint> StartDaemonsAsync(CancellationToken cancellationToken)
    {
        configuration.Write();
        var map = Path.Combine(folder.Path, "monmap");
        await RunAsync(
            ["monmaptool", "--create", "--addv", "a", $"[{configuration.MonitorAddress}]", "--fsid", $"{configuration.Id}", map],
            cancellationToken);
        await RunAsync(["ceph-mon", "--mkfs", "-i", "a", "--monmap", map], cancellationToken);
        await StartDaemonAsync(["ceph-mon", "-d", "-i", "a"], cancellationToken);
        await StartDaemonAsync(["ceph-mgr", "-d", "-i", "a"], cancellationToken);

        await RunAsync(["ceph", "osd", "create"], cancellationToken);
        await RunAsync(["ceph", "osd", "crush", "add", "osd.0", "1.0", "host=localhost", "root=default"], cancellationToken);
        await RunAsync(["ceph-osd", "-i", "0", "--mkfs"], cancellationToken);
        await StartDaemonAsync(["ceph-osd", "-d", "-i", "0"], cancellationToken);
        await PollAsync(
            async () => (await RunAsync(["ceph", "osd", "stat"], cancellationToken)).Contains("1 up", StringComparison.Ordinal),
            cancellationToken);

        await StartDaemonAsync(["radosgw", "-d", "-n", CephConfiguration.Gateway], cancellationToken);
        await PollAsync(() => HttpProbe.AnswersAsync(configuration.PlainUrl, cancellationToken), cancellationToken);
        return await CreateUserAsync(cancellationToken);
    }

    private async Task<S3TestEndpoint> CreateUserAsync(CancellationToken cancellationToken)
    {
        var accessKey = RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 20);
        var secretKey = RandomNumberGenerator.GetHexString(40, lowercase: true);
        await RunAsync(
            [
                "radosgw-admin", "-n", CephConfiguration.Gateway, "user", "create", "--uid", "tester", "--display-name", "tester",
                "--access-key", accessKey, "--secret-key", secretKey,
            ],
            cancellationToken);
        var url = configuration.GatewayUrl;
        return new S3TestEndpoint(url, "us-east-1", accessKey, secretKey, $"Ceph's S3 gateway on {url} in {folder.Path}") { DoesAll = true, CaBundle = configuration.CaBundle };
    }

    private async Task StartDaemonAsync(string[] command, CancellationToken cancellationToken) =>
        daemons.Add(await CephDaemon.StartAsync(command, configuration, daemonEnded.Cancel, cancellationToken));

    private async Task<string> RunAsync(string[] command, CancellationToken cancellationToken)
    {
        var result = await Cli.Wrap(command[0])
            .WithArguments(command[1..])
            .WithEnvironmentVariables(variables => variables.Set(CephFolder.ConfigurationVariable, configuration.ConfigurationFile))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        if (result.IsSuccess)
            return result.StandardOutput;

        // Arguments may hold the secret key, so the message names the program only.
        ThrowIfDaemonDied();
        throw new ServerUnavailableException(
            $"Ceph's '{command[0]}' failed with exit code {result.ExitCode}: {LogTail.Of(result.StandardError)}");
    }

    private static async Task PollAsync(Func<Task<bool>> isReady, CancellationToken cancellationToken)
    {
        while (!await isReady())
            await Task.Delay(100, cancellationToken);
    }

    private void ThrowIfDaemonDied()
    {
        if (daemons.Find(daemon => daemon.HasExited) is not { } dead)
            return;
        throw new ServerUnavailableException(
            $"Ceph's {dead.Name} ended while the cluster was starting. Its log ends with: {dead.LogTail()}");
    }

    public ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Remove();
        return ValueTask.CompletedTask;
    }

    private void OnProcessExit(object? sender, EventArgs arguments) => Remove();

    private void Remove()
    {
        foreach (var daemon in daemons)
            daemon.Dispose();
        daemons.Clear();
        try
        {
            folder.Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next run sweeps it.
        }
    }
}
