using System.Globalization;
using System.Net;

namespace Trainctl.Storage.S3.Proxies;

/// <summary>
/// A proxy does not let a request through. Takes the place of the exception of .NET, whose message holds the proxy's whole address, with its password.
/// </summary>
#pragma warning disable CA1032 // Implement standard exception constructors: never thrown without its facts
internal sealed class ProxyException(ProxyUse proxy, string target, HttpStatusCode? status)
    : HttpRequestException(HttpRequestError.ProxyTunnelError, Describe(proxy, target, status), statusCode: status)
#pragma warning restore CA1032
{
    public ProxyUse Proxy => proxy;

    /// <summary>Whether it will say the same again.</summary>
    public bool IsRefusal => StatusCode is HttpStatusCode.ProxyAuthenticationRequired or HttpStatusCode.Forbidden;

    /// <summary>What a proxy that was asked to lead an encrypted connection through made of it.</summary>
    public static ProxyException OfTunnel(ProxyUse proxy, string target, HttpRequestException failure) => new(proxy, target, failure.StatusCode ?? StatusIn(failure.Message));

    /// <summary>.NET tells the status at the end of its message only (dotnet/runtime: HttpConnectionPool.cs, EstablishProxyTunnelAsync); null for a proxy that has none (SOCKS).</summary>
    private static HttpStatusCode? StatusIn(string message)
    {
        var end = message.AsSpan().TrimEnd("\"'. ");
        return end.Length > 3 && !char.IsAsciiDigit(end[^4]) && int.TryParse(end[^3..], NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? (HttpStatusCode)status : null;
    }

    private static string Describe(ProxyUse proxy, string target, HttpStatusCode? status)
    {
        var said = status is { } code ? string.Create(CultureInfo.InvariantCulture, $" (HTTP {(int)code})") : "";
        return status == HttpStatusCode.ProxyAuthenticationRequired
            ? $"the proxy at '{proxy.Address}' does not take the user and password that it was given, or wants some{said}"
            : $"the proxy at '{proxy.Address}' does not lead to '{target}'{said}";
    }
}
