using System.Net;

namespace Trainctl.Storage.S3.Proxies;

/// <summary>A proxy, but for the addresses that <c>NO_PROXY</c> names in forms that .NET passes over too.</summary>
internal sealed class StoreProxy(IWebProxy inner, NoProxyList except) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => inner.Credentials;
        set => inner.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : inner.GetProxy(destination);

    public bool IsBypassed(Uri host) => except.Names(host) || inner.IsBypassed(host);
}
