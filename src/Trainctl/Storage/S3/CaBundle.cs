using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Trainctl.Diagnostics;

namespace Trainctl.Storage.S3;

/// <summary>The certificates that a service's own must lead to, instead of those of the system. Two with the same content are the same.</summary>
internal sealed class CaBundle : IEquatable<CaBundle>
{
    private readonly string _fingerprint;
    private readonly X509Certificate2Collection _certificates;

    private CaBundle(string path, string source, string fingerprint, X509Certificate2Collection certificates) =>
        (Path, Source, _fingerprint, _certificates) = (path, source, fingerprint, certificates);

    public string Path { get; }

    /// <summary>The setting or variable that names it, for messages.</summary>
    public string Source { get; }

    /// <summary>Reads the bundle.</summary>
    /// <param name="path">A file of certificates in PEM form.</param>
    /// <param name="source">The setting, the variable or the profile that names it.</param>
    /// <param name="host">What the path is relative to.</param>
    /// <exception cref="TrainctlException">It is not there, or holds no certificate.</exception>
    public static CaBundle Read(string path, string source, EngineHost host)
    {
        _ = SystemAuthorities.ReadAsync();
        var full = System.IO.Path.GetFullPath(path, host.WorkingDirectory);
        try
        {
            var content = File.ReadAllBytes(full);
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(System.Text.Encoding.UTF8.GetString(content));
            return certificates.Count > 0
                ? new CaBundle(full, source, Convert.ToHexString(SHA256.HashData(content)), certificates)
                : throw Invalid(source, full, "holds no certificate");
        }
        catch (CryptographicException exception)
        {
            throw Invalid(source, full, "holds no certificate that can be read", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Invalid(source, full, "does not exist", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Invalid(source, full, $"could not be read ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    /// <summary>Names are checked as ever. Whether certificates were revoked is not asked, as without a bundle: authorities of one's own seldom tell.</summary>
    public SslClientAuthenticationOptions Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_certificates);
        policy.ExtraStore.AddRange(_certificates);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    public bool Equals(CaBundle? other) => other is not null && _fingerprint == other._fingerprint;

    public override bool Equals(object? obj) => Equals(obj as CaBundle);

    public override int GetHashCode() => _fingerprint.GetHashCode(StringComparison.Ordinal);

    private static TrainctlException Invalid(string source, string path, string problem, Exception? cause = null) => new(
        TrainctlError.InvalidSetting,
        $"{source} is '{path}', which {problem}. Name a file with the certificates of the authorities to trust, in PEM form (-----BEGIN CERTIFICATE-----).",
        source,
        cause);
}
