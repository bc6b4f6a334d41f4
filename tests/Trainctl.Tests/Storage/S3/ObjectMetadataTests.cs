using System.Globalization;
using Trainctl.Storage;
using Trainctl.Storage.S3;

namespace Trainctl.Tests.Storage.S3;

public sealed class ObjectMetadataTests
{
    [TestCase("1970-01-01T00:00:00Z", "0")]
    [TestCase("2023-11-14T22:13:20Z", "1700000000")]
    [TestCase("2023-11-14T22:13:20.5Z", "1700000000.5")]
    [TestCase("2023-11-14T23:13:20.0000001+01:00", "1700000000.0000001")]
    [TestCase("1969-12-31T23:59:58.5Z", "-1.5")]
    [TestCase("1969-12-31T23:59:59.5Z", "-0.5")]
    public void Times_go_there_and_back(string time, string text)
    {
        var parsed = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);

        Assert.That(ObjectMetadata.FormatTime(parsed), Is.EqualTo(text));
        Assert.That(ObjectMetadata.ParseTime(text), Is.EqualTo(parsed));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("-")]
    [TestCase(".5")]
    [TestCase("1.2.3")]
    [TestCase("1e9")]
    [TestCase("+1")]
    [TestCase(" 1")]
    [TestCase("1.0000000001")]
    [TestCase("999999999999")]
    [TestCase("9999999999999999999999")]
    [TestCase("2023-11-14")]
    public void What_is_no_time_is_unknown(string? text) => Assert.That(ObjectMetadata.ParseTime(text), Is.Null);

    [TestCase("9a0364b9e99bb480dd25e1f0284c8555", null, true)]
    [TestCase("9A0364B9E99BB480DD25E1F0284C8555", "AES256", true)]
    [TestCase("9a0364b9e99bb480dd25e1f0284c8555", "aws:kms", false)]
    [TestCase("9a0364b9e99bb480dd25e1f0284c8555-2", null, false)]
    [TestCase("9a0364b9e99bb480dd25e1f0284c855g", null, false)]
    [TestCase(null, null, false)]
    public void An_ETag_is_an_MD5_only_when_nothing_speaks_against_it(string? etag, string? encryption, bool isMd5) =>
        Assert.That(ObjectMetadata.Md5Of(etag, encryption), isMd5 ? Is.EqualTo(etag!.ToLowerInvariant()) : Is.Null);

    [TestCase("plain/key", "plain/key")]
    [TestCase("a+b", "a b")]
    [TestCase("a%20b%2Bc%25", "a b+c%")]
    [TestCase("%E2%82%ac+\u20ac%01", "\u20ac \u20ac\u0001")]
    [TestCase("%F0%9F%98%80", "\U0001F600")]
    [TestCase("%", null)]
    [TestCase("%4", null)]
    [TestCase("%zz", null)]
    [TestCase("%ff%fe", null)]
    public void Keys_of_listings_are_decoded(string encoded, string? key) => Assert.That(KeyDecoder.Decode(encoded), Is.EqualTo(key));

    [Test]
    public void The_ETag_of_parts_is_the_MD5_of_their_MD5s()
    {
        // Independent: md5sum over the two digests' bytes.
        Assert.That(
            MultipartETag.Of(["\"9a0364b9e99bb480dd25e1f0284c8555\"", "d41d8cd98f00b204e9800998ecf8427e"]),
            Is.EqualTo(ExpectedETag));
        Assert.That(MultipartETag.Of(["no-md5"]), Is.Null);
        Assert.That(MultipartETag.Of([]), Is.Null);
    }

    [Test]
    public void CRC64_is_written_as_AWS_writes_it()
    {
        // The check value of CRC-64/NVME over "123456789", in base 64.
        Assert.That(PayloadProof.FormatCrc64(new Checksum(0xAE8B14860A799888)), Is.EqualTo("rosUhgp5mIg="));
        Assert.That(PayloadProof.ParseCrc64("rosUhgp5mIg="), Is.EqualTo(new Checksum(0xAE8B14860A799888)));
        Assert.That(PayloadProof.ParseCrc64("rosUhg=="), Is.Null);
    }

    private const string ExpectedETag = "3372b0aea0fca8a9e77e7ef3a4061607-2";
}
