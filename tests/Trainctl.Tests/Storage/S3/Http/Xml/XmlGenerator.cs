using System.Text;

namespace Trainctl.Tests.Storage.S3.Http.Xml;

/// <summary>Well-formed documents of everything that an answer of S3 may be written with, and of some that none is.</summary>
internal static class XmlGenerator
{
    private static readonly string[] Names = ["a", "Key", "Contents", "x:Size", "_under", "With-dash.and1", "Ünïcode"];

    private static readonly string[] Pieces =
    [
        "text", " ", "\n\t", "\r\n", "\r", "é～\U0001F600", "&amp;", "&lt;&gt;", "&quot;&apos;", "&#65;", "&#x1F600;", "&#13;\n", "&#x1;", "a > b", "\"'", "]]",
        "<![CDATA[<not> &a; tag]]>", "<![CDATA[]]>", "<![CDATA[]]]]>", "<![CDATA[line\r\nend]]>", "<!-- comment <b> & -->", "<?instruction of > some ?>",
    ];

    private static readonly string[] Attributes = ["", " ", " a=\"1\"", " xmlns:x='urn:x'", "\n a = \"x > y\"\tb='\"'", " a=\"/\"", " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""];

    private static readonly string[] Around = ["", "\n", "<!-- around -->", "<?pi?>\r\n", " \t"];

    public static byte[] Of(Random random)
    {
        var xml = new StringBuilder(random.Next(8) switch { 0 => "\uFEFF", 1 => "", _ => "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" });
        xml.Append(OneOf(Around, random));
        Element(xml, random, depth: 0);
        return Encoding.UTF8.GetBytes(xml.Append(OneOf(Around, random)).ToString());
    }

    private static void Element(StringBuilder xml, Random random, int depth)
    {
        var attributes = depth == 0 ? " xmlns:x=\"urn:x\"" : OneOf(Attributes, random);
        var name = OneOf(Names, random);
        xml.Append('<').Append(name).Append(attributes);
        if (random.Next(8) == 0)
        {
            xml.Append("/>");
            return;
        }

        xml.Append('>');
        for (var i = random.Next(6); i > 0; i--)
        {
            if (depth < 5 && random.Next(3) == 0)
                Element(xml, random, depth + 1);
            else
                xml.Append(OneOf(Pieces, random));
        }

        xml.Append("</").Append(name).Append(random.Next(4) == 0 ? " \n" : "").Append('>');
    }

    private static T OneOf<T>(T[] choices, Random random) => choices[random.Next(choices.Length)];
}
