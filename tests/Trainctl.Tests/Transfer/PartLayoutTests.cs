using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Tests.Transfer;

public sealed class PartLayoutTests
{
    private const long MiB = 1024 * 1024;

    private static readonly StoreTraits S3Like = new()
    {
        TimeResolution = TimeSpan.FromSeconds(1),
        ListsContentTime = false,
        KeepsChecksums = true,
        IsLocal = false,
        MinPartSizeBytes = 5 * MiB,
        MaxPartSizeBytes = 5 * 1024 * MiB,
        MaxParts = 10_000,
    };

    [Test]
    public void Parts_cover_the_object_without_gap_or_overlap([Values(1, 15, 16, 17, 32, 33)] long size)
    {
        var next = 0L;
        foreach (var part in PartLayout.Parts(size, 16))
        {
            Assert.That(part.Range.Offset, Is.EqualTo(next));
            next = part.Range.End;
        }

        Assert.That(next, Is.EqualTo(size));
    }

    [Test]
    public void The_part_size_grows_until_the_number_of_parts_is_allowed()
    {
        var size = 1024L * 1024 * MiB;

        var part = PartLayout.PartSize(size, 16 * MiB, S3Like);

        Assert.That(PartLayout.Parts(size, part).Count(), Is.LessThanOrEqualTo(10_000));
    }

    [Test]
    public void A_part_is_never_smaller_than_the_store_takes() =>
        Assert.That(PartLayout.PartSize(20 * MiB, MiB, S3Like), Is.EqualTo(5 * MiB));

    [TestCase(1024 * MiB, 32 * MiB)]
    [TestCase((1024 * MiB) - 1, 16 * MiB)]
    [TestCase(long.MaxValue, 32 * MiB)]
    public void Large_downloads_have_longer_parts_by_default(long size, long expected) =>
        Assert.That(PartLayout.DefaultForDownload(size), Is.EqualTo(expected));

    [Test]
    public void An_object_beyond_every_limit_is_an_error() =>
        Assert.That(
            () => PartLayout.PartSize(long.MaxValue, 16 * MiB, S3Like),
            Throws.TypeOf<TrainctlException>().With.Property("Error").EqualTo(TrainctlError.InvalidSetting));
}
