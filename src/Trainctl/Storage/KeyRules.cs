using System.Globalization;
using System.Text;

namespace Trainctl.Storage;

/// <summary>What a key of an object store may be. Pure.</summary>
internal static class KeyRules
{
    private const int MaxBytes = 1024;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Why there can be no such key, as half a sentence; null when there can.</summary>
    /// <param name="key">Relative to the store's root.</param>
    /// <param name="prefixBytes">How many bytes the root adds before it.</param>
    public static string? RefusalOf(string key, int prefixBytes)
    {
        if (key.Length == 0)
            return "the key is empty";
        int bytes;
        try
        {
            bytes = StrictUtf8.GetByteCount(key) + prefixBytes;
        }
        catch (EncoderFallbackException)
        {
            return "the key is not valid Unicode: it holds half of a surrogate pair";
        }

        return bytes <= MaxBytes ? null : string.Create(CultureInfo.InvariantCulture, $"the key has {bytes} bytes, and {MaxBytes} is the most");
    }

    /// <summary>Whether a key, or a key with a slash at its end, is the path of a file as it stands: without empty segments, <c>.</c> and <c>..</c>.</summary>
    public static bool NamesFile(string key)
    {
        var path = key.AsSpan();
        if (path.EndsWith('/'))
            path = path[..^1];
        foreach (var segment in path.Split('/'))
        {
            if (path[segment] is "" or "." or "..")
                return false;
        }

        return true;
    }

    /// <summary>Whether a key is without line breaks.</summary>
    public static bool IsLine(string key) => !key.Contains('\n', StringComparison.Ordinal);
}
