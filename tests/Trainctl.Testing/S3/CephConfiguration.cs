using System.Net;
using System.Net.Sockets;

namespace Trainctl.Testing.S3;

/// <summary>The settings of a cluster that lives in one folder, on loopback, with everything in memory.</summary>
internal sealed record CephConfiguration(string Folder, Guid Id, int MonitorPort, int GatewayPort)
{
    private const string Host = "127.0.0.1";

    /// <summary>Ceph takes the first word as the kind of client.</summary>
    public const string Gateway = "client.gateway";

    public string ConfigurationFile => Path.Combine(Folder, "ceph.conf");

    public string MonitorAddress => $"v2:127.0.0.1:{MonitorPort}";

    /// <summary>Where the gateway also speaks TLS. Null: nowhere.</summary>
    public int? EncryptedPort { get; init; }

    /// <summary>Where the gateway answers without TLS.</summary>
    public Uri PlainUrl => new($"http://{Host}:{GatewayPort}");

    public Uri GatewayUrl => EncryptedPort is { } port ? new($"https://{Host}:{port}") : PlainUrl;

    /// <summary>The certificate of the authority that the gateway's own is of.</summary>
    public string? CaBundle => EncryptedPort is null ? null : Path.Combine(Folder, "authority.pem");

    private string Certificate => Path.Combine(Folder, "gateway.pem");

    public static CephConfiguration OnFreePorts(string folder, bool isEncrypted)
    {
        using var monitor = new TcpListener(IPAddress.Loopback, 0);
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        using var encrypted = new TcpListener(IPAddress.Loopback, 0);
        monitor.Start();
        gateway.Start();
        encrypted.Start();
        return new CephConfiguration(folder, Guid.NewGuid(), PortOf(monitor), PortOf(gateway)) { EncryptedPort = isEncrypted ? PortOf(encrypted) : null };

        static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Write()
    {
        foreach (var daemon in (string[])["mon", "mgr", "osd", "rgw"])
            Directory.CreateDirectory(Path.Combine(Folder, daemon));
        File.WriteAllText(ConfigurationFile, Text());
        if (CaBundle is null)
            return;
        using var authority = new TestAuthority("Trainctl's tests");
        File.WriteAllText(CaBundle, authority.Pem);
        File.WriteAllText(Certificate, authority.IssuePem(Host));
    }

    // The gateway insists on an encrypted connection to the monitor, which does not exist without cephx: hence "ms mon client mode".
    // The proposal interval is one second by default, and a start makes a dozen proposals.
    private string Text() => $"""
        [global]
        fsid = {Id}
        mon host = {MonitorAddress}/0
        mon initial members = a
        public addr = 127.0.0.1
        cluster addr = 127.0.0.1
        auth cluster required = none
        auth service required = none
        auth client required = none
        ms mon client mode = crc
        paxos propose interval = 0.05
        osd pool default size = 1
        osd pool default min size = 1
        osd pool default pg num = 8
        osd pool default pgp num = 8
        osd pool default pg autoscale mode = off
        osd crush chooseleaf type = 0
        osd objectstore = memstore
        osd class load list = *
        osd class default list = *
        memstore device bytes = 8589934592
        mon allow pool size one = true
        mon data avail crit = 1
        mon data avail warn = 2
        run dir = {Folder}
        admin socket =
        log file =
        mon data = {Folder}/mon
        mgr data = {Folder}/mgr
        osd data = {Folder}/osd

        [{Gateway}]
        rgw data = {Folder}/rgw
        rgw frontends = beast endpoint={Host}:{GatewayPort}{(EncryptedPort is { } port ? $" ssl_endpoint={Host}:{port} ssl_certificate={Certificate}" : "")}
        rgw dns name = localhost

        """;
}
