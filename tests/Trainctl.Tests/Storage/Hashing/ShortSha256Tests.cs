using System.Security.Cryptography;
using System.Text;
using Trainctl.Storage.Hashing;

namespace Trainctl.Tests.Storage.Hashing;

internal sealed class ShortSha256Tests
{
    // The examples of FIPS 180 (csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values).
    [TestCase("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [TestCase("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [TestCase("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [TestCase(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1")]
    public void The_published_examples_hold(string text, string hash) => Assert.That(ShortSha256.OfText(text), Is.EqualTo(hash));

    [Test]
    public void A_million_times_a_is_as_published() => Assert.That(
        ShortSha256.OfText(new string('a', 1_000_000)), Is.EqualTo("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));

    // RFC 4231, sections 4.2 to 4.8 without 4.6, which is about shortened ones: repeated bytes are written as "aa*20".
    [TestCase("0b*20", "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [TestCase("Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [TestCase("aa*20", "dd*50", "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")]
    [TestCase("aa*131", "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")]
    [TestCase(
        "aa*131",
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2")]
    public void The_published_signatures_hold(string key, string content, string signature) =>
        Assert.That(Convert.ToHexStringLower(ShortSha256.Sign(BytesOf(key), BytesOf(content))), Is.EqualTo(signature));

    [Test]
    public void Each_length_gives_what_the_platform_gives()
    {
        var content = RandomNumberGenerator.GetBytes(400);
        for (var length = 0; length <= content.Length; length++)
            Assert.That(ShortSha256.Of(content.AsSpan(0, length)), Is.EqualTo(SHA256.HashData(content.AsSpan(0, length))), $"{length} bytes");
    }

    [Test]
    public void Each_length_of_a_key_gives_what_the_platform_gives()
    {
        var key = RandomNumberGenerator.GetBytes(200);
        var content = RandomNumberGenerator.GetBytes(200);
        for (var length = 0; length <= key.Length; length++)
        {
            var (some, other) = (key[..length], content[..(content.Length - length)]);
            Assert.That(ShortSha256.Sign(some, other), Is.EqualTo(HMACSHA256.HashData(some, other)), $"a key of {length} bytes");
        }
    }

    [Test]
    public void A_text_is_hashed_as_UTF8() =>
        Assert.That(ShortSha256.OfText("模型 ü"), Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData("模型 ü"u8))));

    private static byte[] BytesOf(string text) => text.Split('*') is [var digits, var count]
        ? [.. Enumerable.Repeat(Convert.ToByte(digits, 16), int.Parse(count, System.Globalization.CultureInfo.InvariantCulture))]
        : Encoding.ASCII.GetBytes(text);
}
