using System.Text;
using System.Xml;
using FsCheck;
using FsCheck.Fluent;
using Trainctl.Testing;
using Trainctl.Testing.Fuzzing;

namespace Trainctl.Tests.Storage.S3.Http.Xml;

/// <summary>Our reader of answers against .NET's.</summary>
public sealed class XmlScannerTests
{
    private const int Cases = 1000;

    private static readonly byte[] Listing = Encoding.UTF8.GetBytes(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b</Name><!-- c -->"
        + "<Contents><Key>a&amp;b</Key><ETag>\"e\"</ETag><Size>5</Size></Contents><X><![CDATA[<k>]]></X></ListBucketResult>");

    /// <summary>In pieces of any length: what a network makes of it.</summary>
    [Test]
    public void Documents_are_read_as_NET_reads_them() => Check.One(
        PropertySearch.Of(Cases),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
        {
            var random = new Random(seed);
            var document = XmlGenerator.Of(random);
            var pieces = Enumerable.Range(0, 200).Select(_ => random.Next(1, 30)).ToArray();
            var expected = ScannedXml.ByDotNet(document);

            Assert.That(ScannedXml.ByUs(document, pieces), Is.EqualTo(expected), () => Encoding.UTF8.GetString(document));
            Assert.That(ScannedXml.ByUs(document, 1), Is.EqualTo(expected), () => Encoding.UTF8.GetString(document));
            Assert.That(ScannedXml.ByUs(document), Is.EqualTo(expected), () => Encoding.UTF8.GetString(document));
        }));

    [Test]
    public void A_document_that_ends_early_is_refused_wherever_it_ends()
    {
        Assert.That(ScannedXml.ByUs(Listing), Does.Contain("ListBucketResult/Contents/Key: a&b"));
        for (var length = 0; length < Listing.Length; length++)
        {
            Assert.Throws<XmlException>(() => ScannedXml.ByUs(Listing.AsSpan(0, length)), $"after {length} bytes");
            Assert.Throws<XmlException>(() => ScannedXml.ByUs(Listing.AsSpan(0, length), 1), $"after {length} bytes, one by one");
        }
    }

    [TestCase("<a><b></a></b>")]
    [TestCase("<a></A>")]
    [TestCase("<a></x:a>")]
    [TestCase("<a/><b/>")]
    [TestCase("<a/>text")]
    [TestCase("text<a/>")]
    [TestCase("<a/><![CDATA[]]>")]
    [TestCase("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>")]
    [TestCase("<a>&x;</a>")]
    [TestCase("<a>&;</a>")]
    [TestCase("<a>&amp</a>")]
    [TestCase("<a>&#;</a>")]
    [TestCase("<a>&#x;</a>")]
    [TestCase("<a>&#0;</a>")]
    [TestCase("<a>&#xD800;</a>")]
    [TestCase("<a>&#x110000;</a>")]
    [TestCase("<a>&#99999999999;</a>")]
    [TestCase("<a>&# 65;</a>")]
    [TestCase("<a>\u0001</a>")]
    [TestCase("<a><b</a>")]
    [TestCase("<a b=\"<\"/>")]
    [TestCase("<>x</>")]
    [TestCase("<1/>")]
    [TestCase("< a/>")]
    [TestCase("</a>")]
    [TestCase("<a><!-- </a>")]
    [TestCase("")]
    [TestCase("  ")]
    [TestCase("<html><br></html>")]
    public void What_is_no_XML_of_S3_is_refused(string document) => Assert.Multiple(() =>
    {
        Assert.Throws<XmlException>(() => ScannedXml.ByUs(Encoding.UTF8.GetBytes(document)));
        Assert.Throws<XmlException>(() => ScannedXml.ByUs(Encoding.UTF8.GetBytes(document), 1));
    });

    [Test]
    public void Text_that_is_not_UTF8_is_refused() => Assert.Throws<XmlException>(() => ScannedXml.ByUs([.. "<a>"u8, 0xFF, .. "</a>"u8]));

    /// <summary>One bit: what a network does that has no checksum of its own. The reader may see another text, and never another structure where tags come in pairs.</summary>
    [Test]
    public void A_flipped_bit_is_refused_or_changes_texts_only()
    {
        var structure = ScannedXml.ByUs(Listing).Select(static l => l[..l.IndexOf(':')]).ToArray();
        var refused = 0;
        for (var bit = 0; bit < Listing.Length * 8; bit++)
        {
            var damaged = Listing.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.That(ScannedXml.ByUs(damaged).Select(static l => l[..l.IndexOf(':')]), Is.EqualTo(structure), () => Encoding.UTF8.GetString(damaged));
            }
            catch (XmlException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(Listing.Length));
    }

    /// <summary>Where both read a damaged document they read the same: ours overlooks mistakes that .NET's minds, but sees nothing else.</summary>
    [Test]
    public void Damaged_documents_are_read_alike_or_refused() => Check.One(
        PropertySearch.Of(Cases),
        Prop.ForAll(Arb.From(ForeignBytes.Damaged([Listing, XmlGenerator.Of(new Random(1)), XmlGenerator.Of(new Random(4)), XmlGenerator.Of(new Random(7))])), static document =>
        {
            if (ByDotNet(document) is { } expected && ByUs(document) is { } found)
                Assert.That(found, Is.EqualTo(expected), () => Convert.ToBase64String(document));
        }));

    [Test]
    public void Long_text_and_deep_documents_are_refused_and_long_documents_are_not()
    {
        Assert.Throws<XmlException>(() => ScannedXml.ByUs(Encoding.UTF8.GetBytes($"<a>{new string('x', 70_000)}</a>")));
        Assert.Throws<XmlException>(() => ScannedXml.ByUs(Encoding.UTF8.GetBytes($"<a b=\"{new string('x', 20_000)}\"/>")));
        Assert.Throws<XmlException>(() => ScannedXml.ByUs(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<a>", 100)))));
        Assert.That(ScannedXml.ByUs(Encoding.UTF8.GetBytes($"<a>{string.Concat(Enumerable.Repeat("<b>text</b>\n", 50_000))}</a>"), 4096), Has.Count.EqualTo(50_001));
    }

    private static List<string>? ByUs(byte[] document)
    {
        try
        {
            return ScannedXml.ByUs(document, 7);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>A damaged name of an encoding may make .NET's reader fail in other ways.</summary>
    private static List<string>? ByDotNet(byte[] document)
    {
        try
        {
            return ScannedXml.ByDotNet(document);
        }
        catch (Exception exception) when (exception is XmlException or ArgumentException)
        {
            return null;
        }
    }
}
