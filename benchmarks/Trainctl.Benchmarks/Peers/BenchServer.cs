using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Trainctl.Storage;

namespace Trainctl.Benchmarks.Peers;

/// <summary>
/// The S3 server: one given by the variables that tests use, or one that the test server starts, which keeps everything in memory, deleted objects for
/// hours too, so that it must be started anew from time to time.
/// </summary>
internal sealed class BenchServer : IDisposable
{
    private const string EndpointVariable = "TRAINCTL_TEST_S3_ENDPOINT";
    private const string BundleVariable = "AWS_CA_BUNDLE";
    private const long MemoryForObjects = 7L * 1024 * 1024 * 1024;

    private readonly string? _program;
    private readonly bool _isEncrypted;
    private readonly bool _keepsCrc;
    private readonly bool _checksCrc;
    private readonly TimeSpan _roundTrip;
    private readonly Dictionary<string, string?> _environment = [];
    private LongWay? _way;
    private Process? _process;
    private long _written;

    private BenchServer(string? program, bool isEncrypted, bool keepsCrc, bool checksCrc, TimeSpan roundTrip) =>
        (_program, _isEncrypted, _keepsCrc, _checksCrc, _roundTrip) = (program, isEncrypted, keepsCrc, checksCrc, roundTrip);

    /// <summary>Counts the servers: what was stored is gone with a new one.</summary>
    public int Generation { get; private set; }

    public string Url { get; private set; } = "";

    /// <summary>What it is.</summary>
    public string Description { get; private set; } = "";

    /// <summary>The variables of the AWS SDKs; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment => _environment;

    /// <summary>The file with the authorities to trust; null: those of the system, or nothing is encrypted.</summary>
    public string? CaBundle => Host.Environment(BundleVariable);

    /// <summary>
    /// How the tool is to take it. It does not find out by itself that a store keeps CRC checksums, unless it is AWS's own, so it is told that the store does all that AWS does.
    /// </summary>
    public StoreSettings Store => _keepsCrc && !new Uri(Url).Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase)
        ? new StoreSettings { Provider = StoreProvider.Aws, PathStyle = true, UnsignedPayload = _checksCrc }
        : StoreSettings.Default;

    /// <summary>Whether it lives on when this is over.</summary>
    public bool IsGiven => _program is null;

    /// <summary>For the engine.</summary>
    public EngineHost Host => new()
    {
        WorkingDirectory = "/",
        Environment = name => _environment.TryGetValue(name, out var value) ? value : System.Environment.GetEnvironmentVariable(name),
    };

    /// <param name="program">The built test server; null: the server that is given.</param>
    /// <param name="isEncrypted">Whether it must speak TLS.</param>
    /// <param name="keepsCrc">Whether it is said to keep CRC checksums.</param>
    /// <param name="checksCrc">Whether it really does, so that content need not be signed.</param>
    /// <param name="roundTrip">How far away it is to be; zero: as far as it is.</param>
    /// <exception cref="PeerException">There is none.</exception>
    public static BenchServer Start(string? program, bool isEncrypted = false, bool keepsCrc = false, bool checksCrc = true, TimeSpan roundTrip = default)
    {
        var given = System.Environment.GetEnvironmentVariable(EndpointVariable);
        var server = new BenchServer(string.IsNullOrEmpty(given) ? program : null, isEncrypted, keepsCrc, checksCrc, roundTrip);
        server.Begin(given);
        return server;
    }

    /// <summary>A client that trusts it, for what the engine does not ask.</summary>
    public HttpClient NewClient()
    {
        var handler = new SocketsHttpHandler();
        if (CaBundle is { Length: > 0 } bundle)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(bundle);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return new HttpClient(handler);
    }

    /// <summary>So much will be stored. A server of ours that has too much in memory already is started anew, empty.</summary>
    public void MakeRoom(long bytes)
    {
        if (_process is not null && _written > 0 && _written + bytes > MemoryForObjects)
        {
            Console.Error.WriteLine("The server has much in memory and is started anew");
            Dispose();
            Begin(null);
        }

        _written += bytes;
    }

    public void Dispose()
    {
        _way?.Dispose();
        _way = null;
        if (_process is null)
            return;
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(60)))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _process = null;
    }

    private void Begin(string? given)
    {
        Generation++;
        _written = 0;
        foreach (var name in (string[])["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"])
            _environment[name] = null;
        _environment["AWS_EC2_METADATA_DISABLED"] = "true";
        Description = _program is null ? "given by " + EndpointVariable : "";
        if (_program is not null)
            StartProgram(_program);
        else if (!string.IsNullOrEmpty(given))
            Take(EndpointVariable, given);
        else
            throw new PeerException($"There is no server: set {EndpointVariable}, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name the test server with --server.");
        foreach (var name in (string[])["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"])
        {
            if (_program is null)
                Take(name, System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : name == "AWS_REGION" ? "us-east-1" : throw new PeerException($"{name} is not set."));
        }

        // Where nothing is encrypted, reading certificates is no part of the work.
        if (!Url.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
            return;
        if (_isEncrypted)
            throw new PeerException($"{Url}, which {EndpointVariable} names, does not encrypt.");
        _environment[BundleVariable] = null;
    }

    private void StartProgram(string program)
    {
        _process = Process.Start(new ProcessStartInfo("dotnet", _isEncrypted ? [program, "--tls"] : [program]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line == "READY")
                return;
            if (line.Split('=', 2) is [var name, var value])
                Take(name, value);
        }

        throw new PeerException("The test server did not start; it said why above.");
    }

    private void Take(string name, string value)
    {
        if (name == "TRAINCTL_TEST_S3_SERVER")
            Description = value.Split(" on http")[0];
        else if (name == EndpointVariable)
            _environment["AWS_ENDPOINT_URL_S3"] = Url = Reach(value);
        else
            _environment[name] = value;
    }

    private string Reach(string url)
    {
        if (_roundTrip == TimeSpan.Zero)
            return url;
        _way = new LongWay(new Uri(url), _roundTrip);
        return _way.Address.ToString();
    }
}
