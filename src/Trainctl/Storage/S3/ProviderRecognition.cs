using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Trainctl.Storage.S3;

/// <summary>
/// Knows services by the answers that they gave, where their addresses tell nothing. No request is made for it. Only what no other service would answer
/// counts: Cloudflare's <c>cf-ray</c> stands before any service, and <c>Server: AmazonS3</c> is what many call themselves.
/// </summary>
internal static partial class ProviderRecognition
{
    private static readonly ConcurrentDictionary<string, ProviderProfile> Known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What answered at an authority (host and port); null when nothing is known.</summary>
    public static ProviderProfile? At(string authority) => Known.GetValueOrDefault(authority);

    public static void Learn(string authority, HttpResponseHeaders answer)
    {
        if (!Known.ContainsKey(authority) && Of(answer) is { } profile)
            Known.TryAdd(authority, profile);
    }

    public static ProviderProfile? Of(HttpResponseHeaders answer)
    {
        var server = First(answer, "Server") ?? "";
        if (server.Equals("VERSITYGW", StringComparison.OrdinalIgnoreCase))
            return ProviderProfile.Versity;
        if (server.StartsWith("MinIO", StringComparison.OrdinalIgnoreCase) || answer.Contains("x-minio-deployment-id"))
            return ProviderProfile.Minio;
        if (server.StartsWith("Ceph Object Gateway", StringComparison.OrdinalIgnoreCase) || answer.Contains("x-rgw-object-type")
            || (First(answer, "x-amz-request-id") is { } id && CephRequest.IsMatch(id)))
        {
            return ProviderProfile.Ceph;
        }

        if (server.StartsWith("SeaweedFS", StringComparison.OrdinalIgnoreCase))
            return ProviderProfile.Seaweedfs;
        return server == "UploadServer" || answer.Contains("x-guploader-uploadid") ? ProviderProfile.Gcs : null;
    }

    private static string? First(HttpResponseHeaders answer, string name) => answer.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>Number of the request, time, number of the gateway, name of the zone (ceph/ceph: src/rgw/rgw_sal.h, unique_trans_id).</summary>
    [GeneratedRegex("^tx[0-9a-f]{15,40}-[0-9a-f]{8,16}-[0-9a-f]+-.+$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex CephRequest { get; }
}
