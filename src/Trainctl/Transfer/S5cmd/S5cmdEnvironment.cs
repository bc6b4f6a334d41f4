using System.Diagnostics;
using Trainctl.Storage;

namespace Trainctl.Transfer.S5cmd;

/// <summary>
/// The environment of s5cmd: the address, region and credentials of the store, and nothing else that could make it decide otherwise. Credentials go
/// this way only; a command line can be read by everybody on the machine.
/// </summary>
internal static class S5cmdEnvironment
{
    private static readonly string[] Prefixes = ["AWS_", "S3_", "S5CMD_"];

    /// <summary>Variables by name; null removes one that s5cmd would inherit.</summary>
    public static async Task<IReadOnlyDictionary<string, string?>> ForAsync(IForeignAccess bucket, CancellationToken cancellationToken)
    {
        var credentials = await bucket.CredentialsAsync(cancellationToken).ConfigureAwait(false);
        var variables = Inherited().ToDictionary(static name => name, static _ => (string?)null, StringComparer.Ordinal);
        variables["AWS_ACCESS_KEY_ID"] = credentials.AccessKeyId;
        variables["AWS_SECRET_ACCESS_KEY"] = credentials.SecretAccessKey;
        variables["AWS_SESSION_TOKEN"] = credentials.SessionToken;
        variables["AWS_REGION"] = bucket.Region;
        variables["AWS_EC2_METADATA_DISABLED"] = "true";
        // The configuration files hold more than credentials: other addresses, certificates, regions.
        var nothing = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";
        variables["AWS_CONFIG_FILE"] = nothing;
        variables["AWS_SHARED_CREDENTIALS_FILE"] = nothing;
        variables["S3_ENDPOINT_URL"] = bucket.Endpoint?.GetLeftPart(UriPartial.Authority);
        return variables;
    }

    /// <summary>Names only, of what a child of this process would get: the host's own view cannot be listed.</summary>
    private static IEnumerable<string> Inherited() => new ProcessStartInfo().Environment.Keys
        .Where(static name => Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
}
