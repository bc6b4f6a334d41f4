using System.Text;
using Trainctl.Checkpoints.Formats;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Testing.Frameworks;
using Trainctl.Testing.Fuzzing;

namespace Trainctl.Tests.Fuzzing;

/// <summary>Damaged content of every format that a look into a checkpoint reads.</summary>
public sealed class ForeignFormatTests
{
    private static readonly (string Name, byte[][] Whole)[] Files =
    [
        ("a.safetensors",
        [
            ModelFile.Safetensors(100),
            ModelFile.SafetensorsOf("""{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8),
        ]),
        ("a.bin", [ModelFile.Zip(), ModelFile.Zip(1000, "a comment")]),
        ("a.ckpt", [ModelFile.Zip()]),
        ("a.keras", [ModelFile.Zip()]),
        ("a.h5", [ModelFormats.Hdf5(0, 200), ModelFormats.Hdf5(1, 200), ModelFormats.Hdf5(2, 200), ModelFormats.Hdf5(3, 200)]),
        ("a.gguf", [ModelFormats.Gguf(), ModelFormats.Gguf(version: 2)]),
        ("a.nemo", [ModelFormats.Tar()]),
    ];

    private static IEnumerable<TestCaseData> Names => Files.Select(static f => new TestCaseData(f.Name));

    [TestCaseSource(nameof(Names))]
    public void Any_file_is_judged(string name) => ForeignBytes.AreSurvived(
        Files.Single(f => f.Name == name).Whole, content => Look(name, content, WholeFile.ProblemAsync) is null);

    [Test]
    public void Any_TorchSharp_file_is_judged() => ForeignBytes.AreSurvived(
        [ModelFormats.TorchSharp(3, 1, 2), ModelFormats.TorchSharp(20_000, 5)],
        static content => Look("a.dat", content, TorchSharpFile.LookAsync) == TorchSharpFile.Finding.Whole);

    [Test]
    public void Any_index_of_TensorFlow_is_read() => ForeignBytes.AreSurvived(
        [ModelFormats.TensorBundleIndex(300, 50)], static content => TensorBundle.Read(content) is { Shards: 2 } index && index.LengthOf(0) == 300);

    [Test]
    public void Any_pickle_is_read_as_data() => ForeignBytes.AreSurvived(
        [PickleFile.DistributedMetadata([("__0_0.distcp", 0, 9), ("__1_0.distcp", 5, 70_000)])], static content => PickleReader.Objects(content) is { Count: > 0 });

    /// <summary>Each of these opcodes is one byte that makes a thing of many.</summary>
    [TestCase("}")]
    [TestCase("}\u0094")]
    [TestCase("(")]
    [TestCase("N2")]
    public void A_pickle_of_millions_of_nothings_takes_little_memory(string opcodes)
    {
        const int Copies = 16_000_000;
        byte[] content = [0x80, 4, .. Enumerable.Repeat(Encoding.Latin1.GetBytes(opcodes), Copies / opcodes.Length).SelectMany(static o => o), (byte)'.'];

        var before = GC.GetAllocatedBytesForCurrentThread();
        var objects = PickleReader.Objects(content);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That((objects?.Count ?? 0, taken), Is.EqualTo((0, taken)));
        Assert.That(taken, Is.LessThan(1024L * 1024 * 1024));
    }

    [Test]
    public void Any_text_of_protobuf_is_unescaped() => ForeignBytes.AreSurvivedAsText(
        [@"a\\b\303\244\t", @"\""x\'"], static text => ProtobufText.Unescape(text).Length > 0 || text.Length == 0);

    private static T Look<T>(string name, byte[] content, Func<ObjectProbe, StoredObject, CancellationToken, Task<T>> look)
    {
        var store = new MemoryStore();
        var stored = store.PutAsync(name, content, new PutOptions()).GetAwaiter().GetResult();
        return look(new ObjectProbe(store), stored, CancellationToken.None).GetAwaiter().GetResult();
    }
}
