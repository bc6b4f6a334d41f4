using Trainctl.Storage;
using Trainctl.Storage.S3;

namespace Trainctl.Tests.Storage.S3;

public sealed class MultipartETagTests
{
    private const long MebiByte = 1024 * 1024;
    private const string Md5 = "25F9E794323B453885F5181F1B624D0B";

    [TestCase(64 * MebiByte, 7, ExpectedResult = "10")]
    [TestCase(64 * MebiByte, 8, ExpectedResult = "8,9")]
    [TestCase(1024 * MebiByte, 128, ExpectedResult = "8")]
    [TestCase((1024 * MebiByte) + 1, 21, ExpectedResult = "50,49,51")]
    [TestCase(1024 * MebiByte, 60, ExpectedResult = "")]
    [TestCase(1024 * MebiByte, 3, ExpectedResult = "")]
    [TestCase(12 * MebiByte, 3, ExpectedResult = "5,4")]
    [TestCase(100 * MebiByte, 2, ExpectedResult = "50,64")]
    [TestCase(5 * MebiByte, 1, ExpectedResult = "5")]
    [TestCase(1, 1, ExpectedResult = "1")]
    [TestCase(0, 1, ExpectedResult = "1")]
    [TestCase(10 * MebiByte, 2, ExpectedResult = "8,5")]
    [TestCase(10 * MebiByte, 10_000, ExpectedResult = "")]
    public string Sizes_of_parts_that_may_have_been(long size, int parts) =>
        string.Join(',', MultipartETag.DigestOf($"{Md5}-{parts}", size)?.PartSizes.Select(static s => s / MebiByte) ?? []);

    [TestCase(null)]
    [TestCase("")]
    [TestCase(Md5)]
    [TestCase(Md5 + "-")]
    [TestCase(Md5 + "-0")]
    [TestCase(Md5 + "--1")]
    [TestCase(Md5 + "-+1")]
    [TestCase(Md5 + "-99999999999")]
    [TestCase("x5f9e794323b453885f5181f1b624d0b-1")]
    [TestCase("25f9-1")]
    public void Everything_else_is_none_of_parts(string? etag) => Assert.That(MultipartETag.DigestOf(etag, MebiByte), Is.Null);

    [TestCase(null, true)]
    [TestCase("AES256", true)]
    [TestCase("aws:kms", false)]
    [TestCase("AES256, key of the customer", false)]
    public void Encrypted_content_has_another(string? encryption, bool isKnown)
    {
        Assert.That(ProviderProfile.Aws.PartsDigestOf(Md5 + "-1", encryption, 1), isKnown ? Is.EqualTo(new KeptDigest(DigestKind.Md5OfParts, Md5.ToLowerInvariant() + "-1")) : Is.Null);
        Assert.That(ProviderProfile.Gcs.PartsDigestOf(Md5 + "-1", encryption, 1), Is.Null);
    }
}
