using System.Buffers;
using System.Text;
using Amazon.S3;

namespace Trainctl.Storage.S3;

/// <summary>
/// Undoes the URL encoding that listings ask for, since XML 1.0 cannot hold control characters. AWS writes a space as '+', Ceph as '%20'; both write a
/// plus sign as '%2B'.
/// </summary>
internal static class KeyDecoder
{
    private static readonly SearchValues<char> Encoded = SearchValues.Create("%+");
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The key of a listing that says how it wrote its keys, or passed over what was asked for.</summary>
    public static string? Decode(string text, EncodingType? encoding) => IsUrl(encoding) ? Decode(text) : text;

    /// <summary>
    /// The key that a page says the next one begins behind. Some releases of Ceph encode keys and not this one, which mostly is the last key, and is known by that. Where it
    /// is not, the lesser of both readings that is behind the last key passes over nothing.
    /// </summary>
    /// <param name="text">As the page has it.</param>
    /// <param name="encoding">What the page says.</param>
    /// <param name="lastKey">Of the page, decoded; null when it has none, or its key is not valid.</param>
    public static string? DecodeMarker(string text, EncodingType? encoding, string? lastKey)
    {
        var decoded = Decode(text, encoding);
        if (decoded == text || decoded == lastKey)
            return decoded;
        if (decoded is null || text == lastKey)
            return text;
        return KeyOrder.Compare(text, lastKey) > 0 && (KeyOrder.Compare(decoded, lastKey) <= 0 || KeyOrder.Compare(text, decoded) < 0) ? text : decoded;
    }

    /// <summary>
    /// The key of an unfinished upload. Of listings that do not say how they wrote their keys, those of Ceph are encoded all the same, and those of others (versitygw) are not:
    /// what no encoding leaves as it is, a space, a plus sign, a character beyond ASCII, shows a key that is not encoded.
    /// </summary>
    public static string? DecodeUpload(string text, EncodingType? encoding)
    {
        if (IsUrl(encoding))
            return Decode(text);
        return text.AsSpan().ContainsAny(' ', '+') || !Ascii.IsValid(text) ? text : Decode(text) ?? text;
    }

    /// <summary>
    /// The keys that an unfinished upload can be of, the likely one first. SeaweedFS says that it encoded the keys, as it was asked to, and did not; so this is told of no
    /// encoding at all.
    /// </summary>
    public static IEnumerable<string> ReadingsOfUpload(string text, EncodingType? encoding) => new[] { DecodeUpload(text, encoding), text }.OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>The key; null when the text is not valid, or its bytes are not UTF-8.</summary>
    public static string? Decode(string text)
    {
        if (!text.AsSpan().ContainsAny(Encoded))
            return text;
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = 0;
            for (var i = 0; i < text.Length; i++)
            {
                switch (text[i])
                {
                    case '+':
                        buffer[length++] = (byte)' ';
                        break;
                    case '%' when i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]):
                        buffer[length++] = (byte)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2]));
                        i += 2;
                        break;
                    case '%':
                        return null;
                    default:
                        var run = text.AsSpan(i).IndexOfAny(Encoded);
                        var plain = run < 0 ? text.AsSpan(i) : text.AsSpan(i, run);
                        length += StrictUtf8.GetBytes(plain, buffer.AsSpan(length));
                        i += plain.Length - 1;
                        break;
                }
            }

            return StrictUtf8.GetString(buffer, 0, length);
        }
        catch (ArgumentException)
        {
            // The fallback exceptions of encoder and decoder.
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsUrl(EncodingType? encoding) => string.Equals(encoding?.Value, EncodingType.Url.Value, StringComparison.OrdinalIgnoreCase);

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
