using System.Text;
using System.Xml;
using System.Xml.Linq;
using Trainctl.Storage.S3.Http.Xml;

namespace Trainctl.Tests.Storage.S3.Http.Xml;

/// <summary>A document as a list of its elements, by our own reader and by .NET's.</summary>
internal static class ScannedXml
{
    /// <summary>Begins with the path of each element, and the text of those that hold nothing else.</summary>
    /// <param name="document">The document.</param>
    /// <param name="pieces">How many bytes arrive at once, one after the other; the last for ever. At least 1.</param>
    public static List<string> ByUs(ReadOnlySpan<byte> document, params int[] pieces)
    {
        var found = new List<string>();
        var path = new Stack<string>();
        var scanner = new XmlScanner();
        for (var piece = 0; ;)
        {
            switch (scanner.Next())
            {
                case XmlStep.Start:
                    path.Push(Encoding.UTF8.GetString(scanner.Name));
                    Assert.That(scanner.Depth, Is.EqualTo(path.Count));
                    break;
                case XmlStep.End:
                    Assert.That((Encoding.UTF8.GetString(scanner.Name), scanner.Depth), Is.EqualTo((path.Peek(), path.Count)));
                    found.Add(Line(path, scanner.IsLeaf ? scanner.Value() : null));
                    path.Pop();
                    break;
                case XmlStep.NeedsMore:
                    var room = scanner.Room().Span;
                    var count = Math.Min(Math.Min(room.Length, document.Length), pieces.Length == 0 ? int.MaxValue : pieces[Math.Min(piece++, pieces.Length - 1)]);
                    document[..count].CopyTo(room);
                    document = document[count..];
                    scanner.Add(count);
                    break;
                default:
                    Assert.That(path, Is.Empty);
                    return found;
            }
        }
    }

    /// <summary>The same by .NET's reader. Like services, it lets references to control characters pass.</summary>
    public static List<string> ByDotNet(byte[] document)
    {
        using var reader = XmlReader.Create(
            new MemoryStream(document), new XmlReaderSettings { CheckCharacters = false, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        var found = new List<string>();
        var path = new Stack<string>();
        Visit(XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!, path, found);
        return found;
    }

    private static void Visit(XElement element, Stack<string> path, List<string> found)
    {
        path.Push(element.Name.LocalName);
        foreach (var child in element.Elements())
            Visit(child, path, found);
        found.Add(Line(path, element.HasElements ? null : element.Value));
        path.Pop();
    }

    private static string Line(IEnumerable<string> path, string? text) => $"{string.Join('/', path.Reverse())}: {text ?? "(elements)"}";
}
