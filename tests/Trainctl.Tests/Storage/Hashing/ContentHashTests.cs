using System.Security.Cryptography;
using System.Text;
using Trainctl.Storage.Hashing;

namespace Trainctl.Tests.Storage.Hashing;

internal sealed class ContentHashTests
{
    // FIPS 180-4's examples (csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values); RFC 1321, section A.5.
    [TestCase("SHA256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [TestCase("SHA256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [TestCase("SHA256", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    [TestCase("SHA1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d")]
    [TestCase("MD5", "", "d41d8cd98f00b204e9800998ecf8427e")]
    [TestCase("MD5", "message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    public void The_published_examples_hold(string algorithm, string text, string hash) =>
        Assert.That(Convert.ToHexStringLower(ContentHash.Of(new HashAlgorithmName(algorithm), Encoding.ASCII.GetBytes(text))), Is.EqualTo(hash));

    [TestCase("SHA256")]
    [TestCase("MD5")]
    public void Content_in_blocks_of_any_size_gives_what_the_platform_gives(string name)
    {
        var algorithm = new HashAlgorithmName(name);
        var content = RandomNumberGenerator.GetBytes(300_000);
        var expected = CryptographicOperations.HashData(algorithm, content);
        foreach (var size in (int[])[1, 63, 64, 65, 127, 4096, 131_072, content.Length])
        {
            using var hash = ContentHash.Begin(algorithm);
            foreach (var block in content.Chunk(size))
                hash.Append(block);
            Assert.That(hash.Finish(), Is.EqualTo(expected), $"blocks of {size}");
        }
    }

    [TestCase("SHA256")]
    [TestCase("MD5")]
    public void One_begins_anew_when_it_has_ended_and_knows_nothing_of_another(string name)
    {
        var algorithm = new HashAlgorithmName(name);
        var (some, other) = (RandomNumberGenerator.GetBytes(1000), RandomNumberGenerator.GetBytes(777));
        using var first = ContentHash.Begin(algorithm);
        using var second = ContentHash.Begin(algorithm);
        first.Append(some.AsSpan(0, 500));
        second.Append(other);
        first.Append(some.AsSpan(500));
        Assert.Multiple(() =>
        {
            Assert.That(first.Finish(), Is.EqualTo(CryptographicOperations.HashData(algorithm, some)));
            Assert.That(second.Finish(), Is.EqualTo(CryptographicOperations.HashData(algorithm, other)));
            Assert.That(first.Finish(), Is.EqualTo(CryptographicOperations.HashData(algorithm, [])), "after the end");
        });
        first.Append(other);
        Assert.That(first.Finish(), Is.EqualTo(CryptographicOperations.HashData(algorithm, other)));
    }

    [Test]
    public void Many_at_once_are_right_while_memory_is_moved()
    {
        var contents = Enumerable.Range(0, 64).Select(static i => RandomNumberGenerator.GetBytes(10_000 + i)).ToArray();
        Parallel.ForEach(contents, static content =>
        {
            using var hash = ContentHash.Begin(HashAlgorithmName.SHA256);
            foreach (var block in content.Chunk(100))
            {
                hash.Append(block);
                _ = new byte[10_000];
            }

            Assert.That(hash.Finish(), Is.EqualTo(SHA256.HashData(content)));
        });
        GC.Collect();
    }

    [TestCase("SHA256")]
    [TestCase("MD5")]
    [Platform("Linux")]
    public void Linux_has_the_library_that_does_it(string algorithm)
    {
        using var hash = ContentHash.Begin(new HashAlgorithmName(algorithm));
        Assert.That(hash, Is.InstanceOf<OpenSslHash>());
    }

    [TestCase("SHA256")]
    [TestCase("MD5")]
    public void Without_it_the_platform_does(string name)
    {
        var algorithm = new HashAlgorithmName(name);
        var content = RandomNumberGenerator.GetBytes(1000);
        using var hash = ContentHash.BeginPlatform(algorithm);
        foreach (var block in content.Chunk(100))
            hash.Append(block);
        Assert.That(hash.Finish(), Is.EqualTo(CryptographicOperations.HashData(algorithm, content)));
    }
}
