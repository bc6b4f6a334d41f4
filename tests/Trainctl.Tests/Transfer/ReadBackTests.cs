using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Folder;
using Trainctl.Testing;
using Trainctl.Transfer;
using Trainctl.Transfer.Resuming;

namespace Trainctl.Tests.Transfer;

/// <summary>What came in ranges is read from the disk to be proven. Where that cannot be, it is a failure and no weaker proof.</summary>
public sealed class ReadBackTests
{
    private const int Size = 10;

    [TestCase("Md5", "781e5e245d69b566979b86e28d23f2c7")]
    [TestCase("Md5OfParts", "61e3716e3a7767581863b67c4e785584-3")]
    public async Task What_is_all_there_is_read(string kind, string value)
    {
        using var folder = new TemporaryFolder();
        await using var store = new FolderStore(ObjectUrl.Parse(folder.Path));
        await using var transfer = new PartTransfer(store.BeginPartial("a", Size, new PutOptions()), partSize: 4);
        var expected = new KeptDigest(Enum.Parse<DigestKind>(kind), value) { PartSizes = [4] };
        var item = await MoveAsync(folder, transfer, "0123456789"u8.ToArray());

        Assert.That(transfer.ReadBack(item, expected, Size), Is.EqualTo(expected));
    }

    [TestCase("Md5")]
    [TestCase("Md5OfParts")]
    public async Task What_is_not_all_there_is_a_failure(string kind)
    {
        using var folder = new TemporaryFolder();
        await using var store = new FolderStore(ObjectUrl.Parse(folder.Path));
        await using var transfer = new PartTransfer(store.BeginPartial("a", Size, new PutOptions()), partSize: 4);
        var item = await MoveAsync(folder, transfer, "0123456789"u8.ToArray());
        await File.WriteAllTextAsync(Directory.GetFiles(folder.Path, ".trainctl-*").Single(), "0123456");

        var failure = Assert.Throws<TrainctlException>(() => transfer.ReadBack(item, new KeptDigest(Enum.Parse<DigestKind>(kind), "") { PartSizes = [4] }, Size));

        Assert.That(failure!.Error, Is.EqualTo(TrainctlError.WriteFailed));
        Assert.That(failure.Message, Does.Contain("/a' cannot be read back to be proven"));
    }

    private static async Task<TransferItem> MoveAsync(TemporaryFolder folder, PartTransfer transfer, byte[] content)
    {
        await File.WriteAllBytesAsync(folder.Combine("source"), content);
        var store = new FolderStore(ObjectUrl.Parse(folder.Path));
        var found = (await store.HeadAsync("source"))!;
        var item = new TransferItem { Source = store, Object = found, Destination = store, Key = "a" };
        foreach (var part in PartLayout.Parts(Size, transfer.PartSize))
            await transfer.MoveAsync(item, found, part, CancellationToken.None);
        return item;
    }
}
