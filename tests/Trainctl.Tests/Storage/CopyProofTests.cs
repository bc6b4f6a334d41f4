using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Tests.Storage;

/// <summary>What is taken for a copy. Metadata is copied with an object, so it says nothing of the bytes.</summary>
public sealed class CopyProofTests
{
    private const string Md5 = "9a0364b9e99bb480dd25e1f0284c8555";
    private const string OtherMd5 = "25f9e794323b453885f5181f1b624d0b";

    private static readonly StoredObject Found = new()
    {
        Key = "a", Size = 7, ModifiedAt = DateTimeOffset.UnixEpoch, ContentModifiedAt = DateTimeOffset.UnixEpoch.AddDays(1), Checksum = Crc64.Of("content"u8),
    };

    [TestCase(null, null, true)]
    [TestCase(Md5, Md5, true)]
    [TestCase(Md5, OtherMd5, false)]
    [TestCase(Md5, null, true, Description = "copied in parts, or encrypted with another key")]
    [TestCase(null, Md5, true, Description = "was sent in parts")]
    public void An_MD5_that_both_have_is_the_same(string? found, string? copy, bool expected) =>
        Assert.That(CopyProof.Holds(Found with { ContentMd5 = found }, Found with { ContentMd5 = copy }), Is.EqualTo(expected));

    [TestCase("content", "content", true)]
    [TestCase("content", "CONTENT", false)]
    [TestCase("content", null, true)]
    [TestCase(null, "CONTENT", true)]
    public void A_CRC64_that_both_have_is_the_same(string? found, string? copy, bool expected) =>
        Assert.That(CopyProof.Holds(Found with { Checksum = Of(found) }, Found with { Checksum = Of(copy) }), Is.EqualTo(expected));

    [TestCase("Crc32C", "e3069283", "Crc32C", "e3069283", true)]
    [TestCase("Crc32C", "e3069283", "Crc32C", "e3069284", false)]
    [TestCase("Crc32C", "e3069283", "Crc32", "cbf43926", true, Description = "which tells nothing")]
    [TestCase("Md5OfParts", Md5 + "-2", "Md5OfParts", OtherMd5 + "-2", true, Description = "of other parts, perhaps")]
    public void A_digest_of_the_whole_that_both_have_is_the_same(string foundKind, string found, string copyKind, string copy, bool expected) => Assert.That(
        CopyProof.Holds(Found with { OthersDigest = Of(foundKind, found) }, Found with { OthersDigest = Of(copyKind, copy) }), Is.EqualTo(expected));

    [Test]
    public void Size_time_and_checksum_are_the_same() => Assert.Multiple(() =>
    {
        Assert.That(CopyProof.Holds(Found, Found), Is.True);
        Assert.That(CopyProof.Holds(Found, null), Is.False);
        Assert.That(CopyProof.Holds(Found, Found with { Size = 8 }), Is.False);
        Assert.That(CopyProof.Holds(Found, Found with { ContentModifiedAt = null }), Is.False);
        Assert.That(CopyProof.Holds(Found, Found with { Checksum = Crc64.Of("CONTENT"u8) }), Is.False);
    });

    private static KeptDigest Of(string kind, string value) => new(Enum.Parse<DigestKind>(kind), value);

    private static Checksum? Of(string? content) => content is null ? null : Crc64.Of(System.Text.Encoding.UTF8.GetBytes(content));
}
