using System.Buffers.Binary;
using System.Text;

namespace Trainctl.Checkpoints.Formats;

/// <summary>An object in a pickle: the name of its class and what it was built from. Nothing of it is ever run.</summary>
internal sealed class PickleObject(string type)
{
    public string Type => type;

    public Dictionary<object, object?>? State { get; set; }
}

/// <summary>
/// Reads pickles of protocols 2 to 5 as data (python/cpython: Lib/pickle.py, Lib/pickletools.py): texts, whole numbers, tuples, dictionaries and objects.
/// Everything else is a placeholder. No class is looked up and no function called.
/// </summary>
internal ref struct PickleReader
{
    private const byte Start = 0x80;
    private const byte Stop = (byte)'.';

    /// <summary>More than the metadata of any model has; a byte may ask for a hundred.</summary>
    private const int MostItems = 4_000_000;

    private static readonly object Mark = new();
    private static readonly object Other = new();

    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private readonly List<PickleObject> _objects = [];
    private ReadOnlySpan<byte> _rest;

    private PickleReader(ReadOnlySpan<byte> content) => _rest = content;

    /// <summary>All objects that have a state, in order; none when something in a whole pickle is not known here; null when it is no whole pickle.</summary>
    public static IReadOnlyList<PickleObject>? Objects(ReadOnlySpan<byte> content)
    {
        if (content is not [Start, .., Stop])
            return null;
        var reader = new PickleReader(content);
        try
        {
            while (reader.Step())
            {
                // Each step takes one opcode.
            }

            return reader._rest.IsEmpty ? reader._objects : null;
        }
        catch (EndOfStreamException)
        {
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException)
        {
            return [];
        }
    }

    private bool Step()
    {
        var opcode = (char)Take(1)[0];
        switch (opcode)
        {
            case '.': return false;
            case '\x80': Take(1); break;
            case '\x95': Take(8); break;
            case '(': Push(Mark); break;
            case '0': Pop(); break;
            case '1': PopToMark(); break;
            case '2': Push(_stack[^1]); break;
            case '}': Push(new Dictionary<object, object?>()); break;
            case ')' or ']' or '\x8f' or 'N' or '\x88' or '\x89': Push(Other); break;
            case 'd' or 'l' or 't' or '\x91': PopToMark(); Push(Other); break;
            case '\x85' or 'Q': Pop(); Push(Other); break;
            case '\x86': Pop(2); Push(Other); break;
            case '\x87': Pop(3); Push(Other); break;
            case 's': SetItems([Pop(), Pop()]); break;
            case 'u': SetItems([.. PopToMark().AsEnumerable().Reverse()]); break;
            case 'a': Pop(); break;
            case 'e' or '\x90': PopToMark(); break;
            case 'K': Push((long)Take(1)[0]); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case '\x8a': Push(Long(Take(Take(1)[0]))); break;
            case '\x8b': Push(Long(Take(BinaryPrimitives.ReadInt32LittleEndian(Take(4))))); break;
            case 'G': Take(8); Push(Other); break;
            case '\x8c': Push(Text(Take(1)[0])); break;
            case 'X': Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case '\x8d': Push(Text(BinaryPrimitives.ReadInt64LittleEndian(Take(8)))); break;
            case 'C' or 'U': Take(Take(1)[0]); Push(Other); break;
            case 'B' or 'T': Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); Push(Other); break;
            case '\x8e' or '\x96': Take(BinaryPrimitives.ReadInt64LittleEndian(Take(8))); Push(Other); break;
            case 'q': Remember(Take(1)[0]); break;
            case 'r': Remember(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case '\x94': Remember(_memo.Count); break;
            case 'h': Push(Recall(Take(1)[0])); break;
            case 'j': Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 'c': Line(); Push(Line()); break;
            case '\x93': var name = Pop(); Pop(); Push(name); break;
            case '\x81' or 'R': Pop(); Push(new PickleObject(Pop() as string ?? "")); break;
            case '\x92': Pop(2); Push(new PickleObject(Pop() as string ?? "")); break;
            case 'b': Build(Pop()); break;
            default: throw new InvalidDataException($"Opcode {(int)opcode:x2}.");
        }

        return true;
    }

    private readonly void Build(object? state)
    {
        if (_stack[^1] is not PickleObject built || state is not Dictionary<object, object?> values)
            return;
        built.State = values;
        _objects.Add(built);
    }

    /// <summary>Values before their keys, in pairs, on top of their dictionary.</summary>
    private readonly void SetItems(List<object?> items)
    {
        // Subclasses of dictionaries are objects here, and their content is of no interest.
        if (_stack[^1] is not Dictionary<object, object?> values)
            return;
        for (var i = 0; i + 1 < items.Count; i += 2)
            values[items[i + 1] ?? Other] = items[i];
    }

    private readonly void Push(object? value)
    {
        ThrowIfFull(_stack.Count);
        _stack.Add(value);
    }

    private readonly void Remember(long key)
    {
        ThrowIfFull(_memo.Count);
        _memo[key] = _stack[^1];
    }

    private static void ThrowIfFull(int count)
    {
        if (count >= MostItems)
            throw new InvalidDataException("Too much for the metadata of a model.");
    }

    private readonly object? Pop()
    {
        var value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly void Pop(int count) => _stack.RemoveRange(_stack.Count - count, count);

    private readonly List<object?> PopToMark()
    {
        var mark = _stack.LastIndexOf(Mark);
        var items = _stack[(mark + 1)..];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private readonly object? Recall(long key) => _memo.TryGetValue(key, out var value) ? value : throw new InvalidDataException("No such memo.");

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > _rest.Length)
            throw new EndOfStreamException();
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private string Text(long length) => Encoding.UTF8.GetString(Take(length));

    private string Line()
    {
        var line = Take(_rest.IndexOf((byte)'\n'));
        Take(1);
        return Encoding.UTF8.GetString(line);
    }

    private static object Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8)
            return Other;
        long value = bytes.Length > 0 && bytes[^1] >= 0x80 ? -1 : 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return value;
    }
}
