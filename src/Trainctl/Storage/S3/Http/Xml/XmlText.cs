using System.Buffers;
using System.Globalization;
using System.Text;
using System.Xml;

namespace Trainctl.Storage.S3.Http.Xml;

/// <summary>The text of one element, put together of what came in pieces, in references and in CDATA.</summary>
internal sealed class XmlText
{
    private const int Longest = 64 * 1024;
    private const int LongestReference = 12;

    /// <summary>What no document may hold as it is.</summary>
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(static b => b is not ('\t' or '\n' or '\r')).Select(static b => (byte)b)]);

    private byte[] _bytes = new byte[1024];
    private int _length;
    private bool _endsWithReturn;

    public ReadOnlySpan<byte> Content => _bytes.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        Break();
    }

    /// <summary>Something stands here that is no text: a line feed after it is one of its own.</summary>
    public void Break() => _endsWithReturn = false;

    /// <summary>Adds text without references. Ends of lines become line feeds, as XML wants it.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAny(Forbidden))
            throw new XmlException("The document holds a control character.");
        if (!_endsWithReturn && !text.Contains((byte)'\r'))
        {
            Append(text);
            return;
        }

        foreach (var value in text)
        {
            if (value != '\n' || !_endsWithReturn)
                Append(value == '\r' ? "\n"u8 : [value]);
            _endsWithReturn = value == '\r';
        }
    }

    /// <summary>Adds text and what its references mean.</summary>
    /// <param name="text">Text between two tags.</param>
    /// <param name="isWhole">Whether a tag follows; if not, the text may break off within a reference, which then stays for the next time.</param>
    /// <returns>How many bytes were taken.</returns>
    public int AddReferring(ReadOnlySpan<byte> text, bool isWhole)
    {
        var taken = 0;
        while (taken < text.Length)
        {
            var rest = text[taken..];
            var reference = rest.IndexOf((byte)'&');
            if (reference != 0)
            {
                var plain = reference < 0 ? rest : rest[..reference];
                Add(plain);
                taken += plain.Length;
                continue;
            }

            var end = rest[..Math.Min(rest.Length, LongestReference)].IndexOf((byte)';');
            if (end < 0 && !isWhole && rest.Length < LongestReference)
                return taken;
            AddMeaning(end < 0 ? [] : rest[1..end]);
            taken += end + 1;
        }

        return taken;
    }

    private static ReadOnlySpan<byte> MeaningOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("amp"u8) => "&"u8,
        _ when name.SequenceEqual("lt"u8) => "<"u8,
        _ when name.SequenceEqual("gt"u8) => ">"u8,
        _ when name.SequenceEqual("quot"u8) => "\""u8,
        _ when name.SequenceEqual("apos"u8) => "'"u8,
        _ => [],
    };

    private static Rune CharacterOf(ReadOnlySpan<byte> number)
    {
        var isHex = number.StartsWith("x"u8);
        var digits = isHex ? number[1..] : number;
        return uint.TryParse(digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value > 0 && Rune.TryCreate(value, out var character)
            ? character
            : throw new XmlException("A reference names no character.");
    }

    private void AddMeaning(ReadOnlySpan<byte> name)
    {
        Span<byte> encoded = stackalloc byte[4];
        var meaning = name.StartsWith("#"u8) ? encoded[..CharacterOf(name[1..]).EncodeToUtf8(encoded)] : MeaningOf(name);
        if (meaning.IsEmpty)
            throw new XmlException("A reference names something that is not known.");
        Break();
        Append(meaning);
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        if (text.Length > Longest - _length)
            throw new XmlException("An element is longer than any of S3.");
        if (text.Length > _bytes.Length - _length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + text.Length));
        text.CopyTo(_bytes.AsSpan(_length));
        _length += text.Length;
    }
}
