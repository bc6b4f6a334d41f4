using System.Buffers;
using System.Text;

namespace Trainctl.Storage.S3.Http;

/// <summary>Percent-encoding as signatures need it: every byte but the unreserved characters of RFC 3986, in upper case.</summary>
internal static class UriText
{
    private const string Digits = "0123456789ABCDEF";
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static readonly SearchValues<char> InValues = SearchValues.Create(Unreserved);
    private static readonly SearchValues<char> InPaths = SearchValues.Create(Unreserved + "/");

    /// <summary>A key as it stands in a path: its slashes stay.</summary>
    public static string OfKey(string key) => Encode(key, InPaths);

    /// <summary>A name or a value of a query.</summary>
    public static string OfValue(string value) => Encode(value, InValues);

    private static string Encode(string text, SearchValues<char> kept)
    {
        if (!text.AsSpan().ContainsAnyExcept(kept))
            return text;
        var encoded = new StringBuilder(text.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsBmp && kept.Contains((char)rune.Value))
            {
                encoded.Append((char)rune.Value);
                continue;
            }

            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
                encoded.Append('%').Append(Digits[value >> 4]).Append(Digits[value & 15]);
        }

        return encoded.ToString();
    }
}
