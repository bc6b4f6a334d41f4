using System.Buffers;
using System.Xml;

namespace Trainctl.Storage.S3.Http.Xml;

/// <summary>
/// Reads a document in UTF-8 piece by piece, as it arrives, in memory that does not grow with it: XmlReader costs a native program more resident memory than
/// a thousand objects. Knows what answers of S3 are made of: elements, text, CDATA and references; passes over attributes, comments and instructions, and
/// refuses a DTD. A document that ends early, or whose tags do not fit, is an error: half an answer must not pass for a whole one.
/// </summary>
/// <remarks>
/// References to control characters are read although XML 1.0 forbids them: that is how services write keys. Whether bytes are UTF-8 is found out by who makes
/// text of them.
/// </remarks>
internal sealed class XmlScanner
{
    private const int BufferSize = 16 * 1024;
    private const int LongestOpening = 9;

    private static readonly SearchValues<byte> TagStops = SearchValues.Create("\"'<>"u8);
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);
    private static readonly SearchValues<byte> WhiteSpaceOrMark = SearchValues.Create(" \t\r\n\uFEFF"u8);

    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly OpenElements _open = new();
    private readonly XmlText _text = new();
    private int _start;
    private int _end;
    private bool _isComplete;
    private bool _isRootClosed;
    private bool _hasJustBegun;
    private bool _endsAtOnce;
    private Passage _passage;

    /// <summary>What the scanner is in the middle of.</summary>
    private enum Passage
    {
        None,
        Comment,
        Instruction,
        CData,
    }

    /// <summary>How many elements are around what was read last, itself included: 1 for the root.</summary>
    public int Depth { get; private set; }

    /// <summary>Of the element that began or ended, without a prefix. Valid until the next step.</summary>
    public ReadOnlySpan<byte> Name => _open.LastLocalName;

    /// <summary>Whether the element that ended held nothing but text.</summary>
    public bool IsLeaf { get; private set; }

    /// <summary>What such an element held. Valid until the next step.</summary>
    public ReadOnlySpan<byte> Text => _text.Content;

    /// <summary>Where more of the document goes, when <see cref="Next"/> needs it.</summary>
    /// <exception cref="XmlException">A tag is longer than any of S3.</exception>
    public Memory<byte> Room()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        return _end < BufferSize ? _buffer.AsMemory(_end) : throw new XmlException("A tag does not end.");
    }

    /// <summary>Takes what was put there.</summary>
    /// <param name="count">How many bytes; 0 when the document has ended.</param>
    public void Add(int count)
    {
        _isComplete = count == 0;
        _end += count;
    }

    /// <summary>Goes on to the next beginning or end of an element.</summary>
    /// <exception cref="XmlException">This is no XML that is read here, or it ends early.</exception>
    public XmlStep Next()
    {
        if (_endsAtOnce)
            return EndElement();
        if (!_hasJustBegun)
            _text.Clear();
        while (true)
        {
            if (_passage != Passage.None)
            {
                if (!TryLeave())
                    return More();
                continue;
            }

            var rest = _buffer.AsSpan(_start, _end - _start);
            var markup = rest.IndexOf((byte)'<');
            if (markup != 0)
            {
                _start += TakeText(markup < 0 ? rest : rest[..markup], isWhole: markup > 0 || _isComplete);
                if (markup < 0)
                    return More();
                continue;
            }

            if (rest.Length < LongestOpening && !_isComplete)
                return XmlStep.NeedsMore;
            if (TryEnter(rest))
                continue;
            if (FindTagEnd(rest) is not (> 0 and var end))
                return More();
            _start += end + 1;
            return rest[1] == '/' ? EndElement(rest[2..end]) : StartElement(rest[1..end]);
        }
    }

    private XmlStep More()
    {
        if (!_isComplete)
            return XmlStep.NeedsMore;
        return _isRootClosed && _start == _end && _passage == Passage.None ? XmlStep.Finished : throw new XmlException("The document ends early.");
    }

    private bool TryEnter(ReadOnlySpan<byte> rest)
    {
        var (passage, length) = rest switch
        {
            _ when rest.StartsWith("<?"u8) => (Passage.Instruction, 2),
            _ when rest.StartsWith("<!--"u8) => (Passage.Comment, 4),
            _ when rest.StartsWith("<![CDATA["u8) && _open.Count > 0 => (Passage.CData, 9),
            _ when rest.StartsWith("<!"u8) => throw new XmlException("The document declares something."),
            _ => (Passage.None, 0),
        };
        _passage = passage;
        _text.Break();
        _start += length;
        return passage != Passage.None;
    }

    /// <summary>Goes on in a comment, an instruction or CDATA; false when its end has not arrived.</summary>
    private bool TryLeave()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        var terminator = _passage switch { Passage.Comment => "-->"u8, Passage.CData => "]]>"u8, _ => "?>"u8 };
        var at = rest.IndexOf(terminator);
        var taken = at < 0 ? Math.Max(0, rest.Length - terminator.Length + 1) : at;
        if (_passage == Passage.CData)
            _text.Add(rest[..taken]);
        _start += taken;
        if (at < 0)
            return false;
        _start += terminator.Length;
        _passage = Passage.None;
        _text.Break();
        return true;
    }

    /// <summary>Takes text; a reference that may go on where the text does stays.</summary>
    /// <returns>How many bytes were taken.</returns>
    private int TakeText(ReadOnlySpan<byte> text, bool isWhole)
    {
        if (_open.Count > 0)
            return _text.AddReferring(text, isWhole);
        if (text.ContainsAnyExcept(_isRootClosed ? WhiteSpace : WhiteSpaceOrMark))
            throw new XmlException("There is text outside of the document.");
        return text.Length;
    }

    /// <summary>Where the tag at the beginning ends; less than 1 when that has not arrived.</summary>
    private static int FindTagEnd(ReadOnlySpan<byte> rest)
    {
        byte quote = 0;
        for (var at = 1; ;)
        {
            var next = rest[at..].IndexOfAny(TagStops);
            if (next < 0)
                return -1;
            at += next;
            var found = rest[at];
            if (found == '<')
                throw new XmlException("A tag begins within a tag.");
            if (found != '>')
                quote = quote == 0 ? found : quote == found ? (byte)0 : quote;
            else if (quote == 0)
                return at;
            at++;
        }
    }

    private XmlStep StartElement(ReadOnlySpan<byte> tag)
    {
        if (_isRootClosed)
            throw new XmlException("Something follows the document.");
        _endsAtOnce = tag.EndsWith("/"u8);
        var space = tag.IndexOfAny(WhiteSpace);
        _open.Push(space >= 0 ? tag[..space] : _endsAtOnce ? tag[..^1] : tag);
        _text.Clear();
        _hasJustBegun = true;
        Depth = _open.Count;
        return XmlStep.Start;
    }

    private XmlStep EndElement(ReadOnlySpan<byte> tag) =>
        _open.IsLast(tag.TrimEnd(" \t\r\n"u8)) ? EndElement() : throw new XmlException("An end tag does not fit.");

    private XmlStep EndElement()
    {
        Depth = _open.Count;
        IsLeaf = _hasJustBegun;
        _open.Pop();
        _isRootClosed = _open.Count == 0;
        _hasJustBegun = _endsAtOnce = false;
        return XmlStep.End;
    }
}

/// <summary>What a scanner came to.</summary>
internal enum XmlStep
{
    /// <summary>The end of what has arrived.</summary>
    NeedsMore,

    /// <summary>An element begins.</summary>
    Start,

    /// <summary>An element ends.</summary>
    End,

    /// <summary>The document has ended, and is whole.</summary>
    Finished,
}
