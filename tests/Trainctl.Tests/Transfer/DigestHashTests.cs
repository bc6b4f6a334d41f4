using Trainctl.Storage;
using Trainctl.Storage.S3;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

public sealed class DigestHashTests
{
    /// <summary>The check values that the algorithms' own descriptions give for these nine digits.</summary>
    [TestCase("Md5", "25f9e794323b453885f5181f1b624d0b")]
    [TestCase("Crc32", "cbf43926")]
    [TestCase("Crc32C", "e3069283")]
    [TestCase("Sha1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441")]
    [TestCase("Sha256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225")]
    public void It_is_what_others_compute(string name, string expected)
    {
        var kind = Enum.Parse<DigestKind>(name);
        using var hash = new DigestHash(new KeptDigest(kind, ""));
        hash.Append("1234"u8);
        hash.Append([]);
        hash.Append("56789"u8);

        Assert.That(hash.Finish(), Is.EqualTo(new KeptDigest(kind, expected)));
        Assert.That(DigestHash.Of(new KeptDigest(kind, ""), "123456789"u8), Is.EqualTo(new KeptDigest(kind, expected)));
        Assert.That(new KeptDigest(kind, expected).ToString(), Is.EqualTo($"{name.ToLowerInvariant()}:{expected}"));
    }

    [Test]
    public void Of_parts_the_size_that_fits_is_found([Values(1, 3, 4)] int blockSize)
    {
        // MD5 of the MD5s of "1234", "5678" and "9".
        var expected = new KeptDigest(DigestKind.Md5OfParts, ETagOf("1234", "5678", "9")) { PartSizes = [3, 4, 8] };
        using var hash = new DigestHash(expected);
        foreach (var block in "123456789"u8.ToArray().Chunk(blockSize))
            hash.Append(block);

        Assert.That(hash.Finish(), Is.EqualTo(expected));
        Assert.That(DigestHash.Of(expected, "123456780"u8), Is.EqualTo(new KeptDigest(DigestKind.Md5OfParts, ETagOf("123", "456", "780"))));
        Assert.That(DigestHash.Of(expected with { PartSizes = [9] }, ""u8).Value, Is.EqualTo(ETagOf("")));
    }

    private static string ETagOf(params string[] parts) => MultipartETag.Of(parts.Select(static p => Md5.Of(System.Text.Encoding.ASCII.GetBytes(p))))!;
}
