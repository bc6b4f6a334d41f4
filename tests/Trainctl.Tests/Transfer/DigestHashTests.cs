using Trainctl.Storage;
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
        using var hash = new DigestHash(kind);
        hash.Append("1234"u8);
        hash.Append([]);
        hash.Append("56789"u8);

        Assert.That(hash.Finish(), Is.EqualTo(new KeptDigest(kind, expected)));
        Assert.That(DigestHash.Of(kind, "123456789"u8), Is.EqualTo(new KeptDigest(kind, expected)));
        Assert.That(new KeptDigest(kind, expected).ToString(), Is.EqualTo($"{name.ToLowerInvariant()}:{expected}"));
    }
}
