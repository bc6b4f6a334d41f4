using System.Security.Cryptography;
using System.Text;
using Trainctl.Storage.Hashing;

namespace Trainctl.Tests.Storage.Hashing;

internal sealed class ShortMd5Tests
{
    // RFC 1321, section A.5.
    [TestCase("", "d41d8cd98f00b204e9800998ecf8427e")]
    [TestCase("a", "0cc175b9c0f1b6a831c399e269772661")]
    [TestCase("abc", "900150983cd24fb0d6963f7d28e17f72")]
    [TestCase("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    [TestCase("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b")]
    [TestCase("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f")]
    [TestCase("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a")]
    public void The_published_examples_hold(string text, string hash) =>
        Assert.That(Convert.ToHexStringLower(ShortMd5.Of(Encoding.ASCII.GetBytes(text))), Is.EqualTo(hash));

#pragma warning disable CA5351 // Do not use broken cryptographic algorithms: it is what is compared
    [Test]
    public void Each_length_gives_what_the_platform_gives()
    {
        var content = RandomNumberGenerator.GetBytes(400);
        for (var length = 0; length <= content.Length; length++)
            Assert.That(ShortMd5.Of(content.AsSpan(0, length)), Is.EqualTo(MD5.HashData(content.AsSpan(0, length))), $"{length} bytes");
    }
#pragma warning restore CA5351
}
