using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Trainctl.Checkpoints.Formats;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints.Formats;

public sealed class SafetensorsHeaderTests
{
    [Test]
    public void A_whole_file_has_the_length_that_its_header_tells()
    {
        var file = ModelFile.Safetensors(1000);

        var length = SafetensorsHeader.JsonLength(file, file.Length);

        Assert.That(SafetensorsHeader.FileLength(file.AsSpan(8, length!.Value)), Is.EqualTo(file.Length));
    }

    [TestCase("""{}""", 10)]
    [TestCase("""{"__metadata__":{"format":"pt"}}""", 40)]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   """, 69)]
    [TestCase("""{"b":{"data_offsets":[4,8]},"a":{"data_offsets":[0,4]}}""", 71)]
    [TestCase("""{"a":{"data_offsets":[0,0]},"b":{"data_offsets":[0,4]}}""", 67)]
    public void FileLength_of_a_valid_header(string json, long expected) =>
        Assert.That(SafetensorsHeader.FileLength(Encoding.UTF8.GetBytes(json)), Is.EqualTo(expected));

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("{")]
    [TestCase("""{"a":1}""")]
    [TestCase("""{"a":{}}""")]
    [TestCase("""{"a":{"data_offsets":[0]}}""")]
    [TestCase("""{"a":{"data_offsets":[0,4,8]}}""")]
    [TestCase("""{"a":{"data_offsets":[0,"4"]}}""")]
    [TestCase("""{"a":{"data_offsets":[0,4.5]}}""")]
    [TestCase("""{"a":{"data_offsets":[-4,4]}}""")]
    [TestCase("""{"a":{"data_offsets":[4,0]}}""")]
    [TestCase("""{"a":{"data_offsets":[0,8]},"b":{"data_offsets":[4,12]}}""")]
    [TestCase("""{"a":{"data_offsets":[0,4]},"b":{"data_offsets":[8,12]}}""")]
    [TestCase("""{"a":{"data_offsets":[4,8]}}""")]
    [TestCase("""{"a":{"data_offsets":[0,9223372036854775807]}}""")]
    [TestCase("""{"a":{"data_offsets":[0,99999999999999999999]}}""")]
    [TestCase("""{"a":{"data_offsets":[0,4]}} x""")]
    public void FileLength_of_a_hostile_header_is_unknown(string json) =>
        Assert.That(SafetensorsHeader.FileLength(Encoding.UTF8.GetBytes(json)), Is.Null);

    [TestCase(0UL, 1000)]
    [TestCase(1UL, 1000)]
    [TestCase(993UL, 1000)]
    [TestCase(100_000_001UL, long.MaxValue)]
    [TestCase(ulong.MaxValue, long.MaxValue)]
    public void JsonLength_beyond_file_or_limit_is_refused(ulong length, long fileLength)
    {
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, length);

        Assert.That(SafetensorsHeader.JsonLength(prefix, fileLength), Is.Null);
    }

    [Test]
    public void Any_bytes_are_read_without_an_exception() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static bytes =>
        {
            var length = SafetensorsHeader.JsonLength(bytes, bytes.Length);
            SafetensorsHeader.FileLength(bytes);
            return length is null || length <= bytes.Length - 8;
        }));
}
