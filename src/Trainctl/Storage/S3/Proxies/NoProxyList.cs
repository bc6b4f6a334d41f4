using System.Globalization;
using System.Net;

namespace Trainctl.Storage.S3.Proxies;

/// <summary>
/// The value of <c>NO_PROXY</c> as curl and Go's programs take it (everything.curl.dev/usingcurl/proxies/env.html, pkg.go.dev/golang.org/x/net/http/httpproxy): <c>*</c>
/// for all; a domain, which names the hosts below it too, with or without a dot or <c>*.</c> before it; an IP address or a network like <c>10.0.0.0/8</c>,
/// which name addresses and no names; each with a port or without. Separated by commas or spaces.
/// </summary>
internal sealed class NoProxyList
{
    private static readonly char[] Separators = [',', ' ', '\t'];

    private readonly Entry[] _entries;

    private NoProxyList(Entry[] entries) => _entries = entries;

    /// <summary>Passes over what it does not understand.</summary>
    public static NoProxyList Parse(string text) =>
        new([.. text.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseEntry).OfType<Entry>()]);

    /// <summary>Whether an address is asked without a proxy.</summary>
    public bool Names(Uri target)
    {
        var host = target.IdnHost.TrimEnd('.');
        var address = target.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 && IPAddress.TryParse(host, out var parsed) ? parsed : null;
        foreach (var entry in _entries)
        {
            if ((entry.Port is null || entry.Port == target.Port) && entry.Names(host, address))
                return true;
        }

        return false;
    }

    private static Entry? ParseEntry(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            return IPAddress.TryParse(text.AsSpan(0, slash), out var network) && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                && bits <= network.GetAddressBytes().Length * 8 ? new Entry(null, network, bits, null) : null;
        }

        int? port = null;
        var colon = text.LastIndexOf(':');
        // An IPv6 address has colons of its own; with a port it is in brackets.
        if (colon >= 0 && (text.IndexOf(':', StringComparison.Ordinal) == colon || text[colon - 1] == ']'))
        {
            if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return null;
            (text, port) = (text[..colon], number);
        }

        if (IPAddress.TryParse(text.AsSpan().Trim("[]"), out var address))
            return new Entry(null, address, address.GetAddressBytes().Length * 8, port);
        if (text == "*")
            return new Entry("", null, 0, port);
        var domain = (text.StartsWith("*.", StringComparison.Ordinal) ? text[1..] : text).Trim('.');
        return domain.Length == 0 ? null : new Entry(domain, null, 0, port);
    }

    /// <param name="Domain">Empty for all; null for an address.</param>
    /// <param name="Network">An address in a network.</param>
    /// <param name="Bits">How many of its first bits count.</param>
    /// <param name="Port">Null for any.</param>
    private sealed record Entry(string? Domain, IPAddress? Network, int Bits, int? Port)
    {
        public bool Names(string host, IPAddress? address)
        {
            if (Domain is not null)
            {
                return Domain.Length == 0 || (address is null && host.EndsWith(Domain, StringComparison.OrdinalIgnoreCase)
                    && (host.Length == Domain.Length || host[^(Domain.Length + 1)] == '.'));
            }

            return address is not null && Network!.AddressFamily == address.AddressFamily && HasPrefix(address.GetAddressBytes(), Network.GetAddressBytes());
        }

        private bool HasPrefix(byte[] address, byte[] network)
        {
            for (var bit = 0; bit < Bits; bit += 8)
            {
                var mask = (byte)(0xff << Math.Max(0, 8 - (Bits - bit)));
                if (((address[bit / 8] ^ network[bit / 8]) & mask) != 0)
                    return false;
            }

            return true;
        }
    }
}
