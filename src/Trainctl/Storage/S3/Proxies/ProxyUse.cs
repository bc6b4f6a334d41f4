using System.Net;

namespace Trainctl.Storage.S3.Proxies;

/// <summary>The proxy that requests to an address go through, for messages: its own address may hold a password.</summary>
/// <param name="Address">Its host and port.</param>
/// <param name="Variable">What names it in the environment.</param>
internal sealed record ProxyUse(string Address, string Variable)
{
    /// <summary>Null where requests go straight to the service.</summary>
    /// <param name="proxy">Null for that of the process.</param>
    /// <param name="target">What is asked.</param>
    public static ProxyUse? Of(IWebProxy? proxy, Uri target)
    {
        proxy ??= HttpClient.DefaultProxy;
        if (proxy.IsBypassed(target) || proxy.GetProxy(target) is not { } address || address == target)
            return null;
        return new ProxyUse($"{address.Host}:{address.Port}", target.Scheme == Uri.UriSchemeHttps ? "HTTPS_PROXY (or ALL_PROXY)" : "HTTP_PROXY (or ALL_PROXY)");
    }
}
