using System.Buffers.Binary;
using Trainctl.Checkpoints.Formats;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Tests.Checkpoints.Formats;

/// <summary>HDF5, GGUF, tar, TorchSharp's and TensorFlow's formats: whole, at every length short of whole, and hostile.</summary>
public sealed class FormatTests
{
    private static readonly (string Name, byte[] Content)[] WholeFiles =
    [
        ("a.h5", ModelFormats.Hdf5(0, 200)), ("a.h5", ModelFormats.Hdf5(1, 200)), ("a.h5", ModelFormats.Hdf5(2, 200)), ("a.h5", ModelFormats.Hdf5(3, 200)),
        ("a.gguf", ModelFormats.Gguf()), ("a.gguf", ModelFormats.Gguf(version: 2)), ("a.keras", ModelFile.Zip()), ("a.nemo", ModelFormats.Tar()),
    ];

    [Test]
    public async Task Whole_files_are_whole()
    {
        foreach (var (name, content) in WholeFiles)
            Assert.That(await ProblemAsync(name, content), Is.Null, name);
    }

    [Test]
    public async Task At_every_shorter_length_they_are_not()
    {
        foreach (var (name, content) in WholeFiles.Where(static f => f.Name != "a.nemo"))
        {
            for (var length = 0; length < content.Length; length++)
                Assert.That(await ProblemAsync(name, content[..length]), Is.Not.Null, $"{name} {length}");
        }
    }

    /// <summary>Python pads to 20 blocks, so that zeros may be cut off and nothing is lost.</summary>
    [Test]
    public async Task A_tar_is_cut_short_as_soon_as_its_two_empty_blocks_are()
    {
        var tar = ModelFormats.Tar(5000);
        var end = Array.FindLastIndex(tar, static b => b != 0) + 1;
        for (var length = 0; length < end + 1024; length += 100)
            Assert.That(await ProblemAsync("a.nemo", tar[..length]), Is.EqualTo(length == 0 ? "is empty" : "is cut short: it has no tar end"), $"{length}");
    }

    [Test]
    public async Task A_compressed_tar_does_not_tell() => Assert.That(await ProblemAsync("a.nemo", [0x1F, 0x8B, 8, 0]), Is.Null);

    [TestCase(new byte[] { 1, 2, 3 }, "a.h5", "has no HDF5 superblock")]
    [TestCase(new byte[] { 1, 2, 3 }, "a.gguf", "has no GGUF header")]
    [TestCase(new byte[0], "a.h5", "is empty")]
    [TestCase(new byte[0], "a.gguf", "is empty")]
    public async Task Other_content_is_named(byte[] content, string name, string problem) => Assert.That(await ProblemAsync(name, content), Is.EqualTo(problem));

    [Test]
    public async Task A_file_that_is_open_for_writing_says_so() =>
        Assert.That(await ProblemAsync("a.h5", ModelFormats.Hdf5(3, 200, flags: 5)), Is.EqualTo("is open for writing, says its HDF5 superblock"));

    [Test]
    public async Task A_superblock_with_odd_offsets_is_broken()
    {
        var content = ModelFormats.Hdf5(0, 200);
        content[13] = 3;

        Assert.That(await ProblemAsync("a.h5", content), Is.EqualTo("has a broken HDF5 superblock"));
    }

    [Test]
    public async Task A_large_vocabulary_takes_a_second_read()
    {
        var content = ModelFormats.Gguf(vocabulary: 20_000);

        Assert.That(await ProblemAsync("a.gguf", content), Is.Null);
        Assert.That(await ProblemAsync("a.gguf", content.Cut(1)), Is.EqualTo($"has {content.Length - 1} bytes and needs {content.Length}"));
        Assert.That(await ProblemAsync("a.gguf", content[..100_000]), Is.EqualTo("has no whole GGUF header"));
    }

    [Test]
    public async Task Versions_that_are_not_known_are_not_judged() => Assert.That(await ProblemAsync("a.gguf", ModelFormats.Gguf(version: 9)), Is.Null);

    [Test]
    public void Any_damage_to_a_header_ends_quietly()
    {
        var random = new Random(1);
        byte[][] whole = [ModelFormats.Gguf(), ModelFormats.TensorBundleIndex(300, 50), ModelFormats.Hdf5(0, 200), ModelFormats.Hdf5(3, 200)];
        for (var round = 0; round < 20_000; round++)
        {
            var content = whole[round % whole.Length].ToArray();
            for (var i = 0; i < 3; i++)
                content[random.Next(content.Length)] = (byte)random.Next(256);
            Assert.DoesNotThrow(() =>
            {
                GgufHeader.MinimumLength(content);
                TensorBundle.Read(content);
                Hdf5Superblock.Problem(content, content.Length);
            });
        }
    }

    [Test]
    public async Task TorchSharp_files_are_walked_over_small_and_large_tensors()
    {
        const int FirstHeader = 19;
        var content = ModelFormats.TorchSharp(3, 100_000, 1, 40_000, 2);

        Assert.That(await LookAsync(content), Is.EqualTo(TorchSharpFile.Finding.Whole));
        foreach (var length in Enumerable.Range(0, 60).Concat(Enumerable.Range(1, 60).Select(i => content.Length - i)).Append(200_000))
            Assert.That(await LookAsync(content[..length]), Is.EqualTo(length is > 0 and < FirstHeader ? TorchSharpFile.Finding.Foreign : TorchSharpFile.Finding.CutShort), $"{length}");
        Assert.That(await LookAsync([.. content, 0]), Is.EqualTo(TorchSharpFile.Finding.Foreign));
    }

    [Test]
    public async Task Damage_to_a_TorchSharp_file_ends_quietly()
    {
        var random = new Random(2);
        for (var round = 0; round < 3000; round++)
        {
            var content = ModelFormats.TorchSharp(2, 5);
            content[random.Next(content.Length)] = (byte)random.Next(256);
            content[random.Next(40)] = (byte)random.Next(256);
            Assert.That(await LookAsync(content), Is.AnyOf(TorchSharpFile.Finding.Whole, TorchSharpFile.Finding.CutShort, TorchSharpFile.Finding.Foreign));
        }
    }

    [Test]
    public void An_index_tells_how_long_each_data_file_is()
    {
        var index = TensorBundle.Read(ModelFormats.TensorBundleIndex(300, 50))!;

        Assert.That((index.Shards, index.LengthOf(0), index.LengthOf(1), index.LengthOf(2)), Is.EqualTo(((ulong?)2, (UInt128)300, (UInt128)50, (UInt128)0)));
    }

    [Test]
    public void A_footer_that_points_outside_is_no_index()
    {
        var content = new byte[48];
        content.AsSpan(0, 40).Fill(0x7F);
        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(40), 0xDB47_7524_8B80_FB57);

        Assert.That(TensorBundle.Read(content), Is.Null);
    }

    [TestCase(@"a\\b", @"a\b")]
    [TestCase(@"a\""b", "a\"b")]
    [TestCase(@"\303\244", "ä")]
    [TestCase(@"\t", "\t")]
    [TestCase("plain", "plain")]
    public void Escapes_of_protobufs_text_are_read(string quoted, string expected) => Assert.That(ProtobufText.Unescape(quoted), Is.EqualTo(expected));

    private static async Task<string?> ProblemAsync(string name, byte[] content)
    {
        var store = new MemoryStore();
        await store.PutAsync(name, content, new PutOptions());
        return await WholeFile.ProblemAsync(new ObjectProbe(store), (await store.HeadAsync(name))!, CancellationToken.None);
    }

    private static async Task<TorchSharpFile.Finding> LookAsync(byte[] content)
    {
        var store = new MemoryStore();
        await store.PutAsync("a.dat", content, new PutOptions());
        return await TorchSharpFile.LookAsync(new ObjectProbe(store), (await store.HeadAsync("a.dat"))!, CancellationToken.None);
    }
}
