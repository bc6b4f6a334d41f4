using System.Buffers;
using System.Xml;

namespace Trainctl.Storage.S3.Http.Xml;

/// <summary>The names of the elements that have begun and not ended, which their end tags must repeat.</summary>
internal sealed class OpenElements
{
    private const int Deepest = 32;
    private const int LongestNames = 4096;

    private static readonly SearchValues<byte> OutsideOfNames = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Where(static b => !char.IsAsciiLetterOrDigit((char)b) && b is not ('.' or '_' or '-' or ':')).Select(static b => (byte)b)]);

    private readonly byte[] _names = new byte[LongestNames];
    private readonly int[] _ends = new int[Deepest + 1];
    private int _touched;

    public int Count { get; private set; }

    /// <summary>Of the element that was put on or taken off last, without a prefix.</summary>
    public ReadOnlySpan<byte> LastLocalName => NameOf(_touched) is var name && name.IndexOf((byte)':') is >= 0 and var colon ? name[(colon + 1)..] : name;

    /// <exception cref="XmlException">That is no name, or there are too many.</exception>
    public void Push(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || char.IsAsciiDigit((char)name[0]) || name[0] is (byte)'-' or (byte)'.' || name.ContainsAny(OutsideOfNames))
            throw new XmlException("A tag has no name.");
        var start = _ends[Count];
        if (Count == Deepest || name.Length > LongestNames - start)
            throw new XmlException("The document is deeper than any of S3.");
        name.CopyTo(_names.AsSpan(start));
        _touched = ++Count;
        _ends[Count] = start + name.Length;
    }

    /// <summary>Whether this is the name of the innermost element.</summary>
    public bool IsLast(ReadOnlySpan<byte> name) => Count > 0 && NameOf(Count).SequenceEqual(name);

    /// <summary>Takes the innermost element off; its name stays readable until the next is put on.</summary>
    public void Pop() => _touched = Count--;

    private ReadOnlySpan<byte> NameOf(int number) => number == 0 ? [] : _names.AsSpan(_ends[number - 1].._ends[number]);
}
