using System.Globalization;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Storage.Memory;
using Trainctl.Testing;
using Trainctl.Transfer;
using Trainctl.Transfer.S5cmd;

namespace Trainctl.Tests.Transfer.S5cmd;

/// <summary>What goes to s5cmd, and in which portions.</summary>
public sealed class S5cmdPlanTests
{
    private const long MebiByte = 1024 * 1024;

    private TemporaryFolder _temporary = null!;
    private FolderStore _folder = null!;
    private FileBucket _bucket = null!;

    [SetUp]
    public void SetUp()
    {
        _temporary = new TemporaryFolder();
        _folder = new FolderStore(ObjectUrl.Parse(_temporary.Path));
        _bucket = new FileBucket(_temporary);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _bucket.DisposeAsync();
        await _folder.DisposeAsync();
        _temporary.Dispose();
    }

    [TestCase("a")]
    [TestCase("a b/it's \"*?[x]\\ ünï 😀")]
    [TestCase("-rf")]
    [TestCase("#x")]
    public void Keys_that_a_line_can_hold_are_for_s5cmd(string key) => Assert.That(
        new[] { Up(key), Down(key) }.Select(S5cmdSuitability.ReasonAgainst), Is.All.Null);

    [TestCase("a\nb")]
    [TestCase("a\tb")]
    [TestCase("a//b")]
    [TestCase("a/../b")]
    [TestCase("./a")]
    [TestCase("a/")]
    [TestCase("a://b")]
    public void Keys_that_could_mean_another_object_are_not(string key) => Assert.That(
        new[] { Up(key), Down(key) }.Select(S5cmdSuitability.ReasonAgainst), Has.None.Null);

    [Test]
    public void Only_what_goes_between_a_folder_and_a_bucket_is_for_s5cmd()
    {
        var memory = new MemoryStore("s3://memory");

        Assert.Multiple(() =>
        {
            Assert.That(S5cmdSuitability.DirectionOf(Item(_folder, _folder, "a")), Is.Null);
            Assert.That(S5cmdSuitability.DirectionOf(Item(_bucket, _bucket, "a")), Is.Null);
            Assert.That(S5cmdSuitability.DirectionOf(Item(memory, _folder, "a")), Is.Null);
            Assert.That(S5cmdSuitability.DirectionOf(Up("a")), Is.EqualTo(TransferDirection.Upload));
            Assert.That(S5cmdSuitability.DirectionOf(Down("a")), Is.EqualTo(TransferDirection.Download));
        });
    }

    [TestCase(null, false, true)]
    [TestCase(null, true, false)]
    [TestCase("http://localhost:9000", true, true)]
    [TestCase("http://localhost:9000", false, false)]
    [TestCase("http://localhost:9000/below", true, false)]
    [TestCase("https://storage.googleapis.com", true, false)]
    [TestCase("https://s3.eu-central-1.amazonaws.com", true, false)]
    public void Only_buckets_that_s5cmd_would_address_alike_are_for_it(string? endpoint, bool pathStyle, bool isSuited)
    {
        var bucket = new FileBucket(_temporary) { Endpoint = endpoint is null ? null : new Uri(endpoint), PathStyle = pathStyle };

        Assert.That(S5cmdSuitability.ReasonAgainst(Item(_folder, bucket, "a")) is null, Is.EqualTo(isSuited));
    }

    [TestCase("GLACIER", false)]
    [TestCase("DEEP_ARCHIVE", false)]
    [TestCase("STANDARD_IA", true)]
    public void Archived_objects_are_not_asked_of_s5cmd(string storageClass, bool isSuited)
    {
        var item = Down("a");

        Assert.That(S5cmdSuitability.ReasonAgainst(item with { Object = item.Object with { StorageClass = storageClass } }) is null, Is.EqualTo(isSuited));
    }

    [Test]
    public void A_batch_is_full_at_so_many_objects()
    {
        var batcher = new S5cmdBatcher(TransferSettings.Default);
        var full = Enumerable.Range(0, S5cmdBatcher.MaxObjects + 1).Select(i => batcher.Add(Up(i.ToString(CultureInfo.InvariantCulture)))).OfType<S5cmdBatch>().ToArray();

        Assert.Multiple(() =>
        {
            Assert.That(full.Single().Items, Has.Count.EqualTo(S5cmdBatcher.MaxObjects));
            Assert.That(batcher.Rest().Single().Items, Has.Count.EqualTo(1));
            Assert.That(batcher.Rest(), Is.Empty);
        });
    }

    [Test]
    public void A_batch_is_full_at_so_many_bytes()
    {
        var batcher = new S5cmdBatcher(TransferSettings.Default);

        Assert.That(batcher.Add(Up("a", S5cmdBatcher.MaxBytes - 1)), Is.Null);
        Assert.That(batcher.Add(Up("b", 20 * MebiByte))!.Items, Has.Count.EqualTo(2));
    }

    [Test]
    public void Large_and_small_and_up_and_down_do_not_share_a_batch()
    {
        var batcher = new S5cmdBatcher(TransferSettings.Default);
        foreach (var item in new[] { Up("a", 16 * MebiByte), Up("b", (16 * MebiByte) + 1), Down("c"), Up("d", 1) })
            batcher.Add(item);

        Assert.That(
            batcher.Rest().Select(static b => $"{b.Direction} {b.InParts} {string.Join('+', b.Items.Select(static i => i.Key))} {b.Bytes}"),
            Is.EquivalentTo(new[] { "Upload False a+d 16777217", "Upload True b 16777217", "Download False c 1" }));
    }

    [TestCase(1, 16 * MebiByte, 16)]
    [TestCase(1, (5 * MebiByte) + 1, 6)]
    [TestCase(1, MebiByte, 5)]
    [TestCase(9_999 * 5 * MebiByte, 5 * MebiByte, 5)]
    [TestCase(10_000 * 5 * MebiByte, 5 * MebiByte, 6)]
    [TestCase(1024 * 1024 * MebiByte, 16 * MebiByte, 105)]
    public void Part_sizes_are_whole_MiB_and_none_that_s5cmd_would_change(long objectSize, long wanted, long expected) =>
        Assert.That(S5cmdPartSize.InMebiBytes(objectSize, wanted, Traits), Is.EqualTo(expected));

    [TestCase(TransferDirection.Download, 1, 8 * MebiByte, false)]
    [TestCase(TransferDirection.Download, 64, 8 * MebiByte, true)]
    [TestCase(TransferDirection.Download, 64, 3 * MebiByte, true)]
    [TestCase(TransferDirection.Download, 10_000, 16 * 1024, false)]
    [TestCase(TransferDirection.Download, 1, 1024 * MebiByte, false)]
    [TestCase(TransferDirection.Upload, 64, 8 * MebiByte, false)]
    public void Auto_takes_s5cmd_where_it_was_measured_to_be_clearly_faster_with_objects_of_about_that_size(
        object direction, int objects, long bytesEach, bool pays)
    {
        var rule = new S5cmdRule(
        [
            new(TransferDirection.Upload, 8 * MebiByte, 1.0, 0.9),
            new(TransferDirection.Download, 16 * 1024, 1.0, 1.2),
            new(TransferDirection.Download, 8 * MebiByte, 2.0, 1.0),
            new(TransferDirection.Download, 1024 * MebiByte, 1.0, 1.0),
        ]);

        Assert.That(rule.Pays((TransferDirection)direction, objects, objects * bytesEach), Is.EqualTo(pays));
    }

    [TestCase(TransferDirection.Upload)]
    [TestCase(TransferDirection.Download)]
    public void By_the_figures_of_today_Auto_is_the_built_in_backend(object direction) =>
        Assert.That(S5cmdRule.Measured.MayPay((TransferDirection)direction), Is.False);

    private static StoreTraits Traits { get; } = MemoryStore.S3Traits with { MinPartSizeBytes = 5 * MebiByte, MaxPartSizeBytes = 5 * 1024 * MebiByte, MaxParts = 10_000 };

    private TransferItem Up(string key, long size = 1) => Item(_folder, _bucket, key, size);

    private TransferItem Down(string key, long size = 1) => Item(_bucket, _folder, key, size);

    private static TransferItem Item(IObjectReader source, IObjectStore destination, string key, long size = 1) => new()
    {
        Source = source,
        Object = new StoredObject { Key = key, Size = size, ModifiedAt = DateTimeOffset.UnixEpoch },
        Destination = destination,
        Key = key,
    };
}
