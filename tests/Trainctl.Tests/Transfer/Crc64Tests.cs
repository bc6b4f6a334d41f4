using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

public sealed class Crc64Tests
{
    [Test]
    public void The_check_value_is_that_of_the_standard() =>
        Assert.That(Crc64.Of("123456789"u8), Is.EqualTo(new Checksum(0xAE8B14860A799888)));

    [TestCase(0, 0)]
    [TestCase(1, 0)]
    [TestCase(0, 1)]
    [TestCase(5, 7)]
    [TestCase(1000, 4096)]
    [TestCase(65537, 1)]
    public void Combine_gives_the_checksum_of_the_whole(int first, int second)
    {
        var content = new byte[first + second];
        new Random(42).NextBytes(content);

        var combined = Crc64.Combine(Crc64.Of(content.AsSpan(0, first)), Crc64.Of(content.AsSpan(first)), second);

        Assert.That(combined, Is.EqualTo(Crc64.Of(content)));
    }
}
