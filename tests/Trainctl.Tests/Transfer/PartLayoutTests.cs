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
    public void Runs_have_all_parts_once_and_in_order([Values(1, 3, 4, 5, 64)] int count, [Values(1, 2, 4)] int length)
    {
        var parts = PartLayout.Parts(count * 16, 16).ToArray();

        var runs = PartLayout.Runs(parts, length).ToArray();

        Assert.That(runs.SelectMany(static r => r), Is.EqualTo(parts));
        Assert.That(runs.Select(static r => r.Count), Has.All.InRange(1, length).And.None.Zero);
    }

    /// <summary>1 GiB by default is 64 parts, 8 at once; no part need be larger for a request to bring more.</summary>
    [TestCase(1, 8, 1)]
    [TestCase(63, 8, 1)]
    [TestCase(64, 8, 2)]
    [TestCase(640, 8, 4)]
    [TestCase(10_000, 8, 4)]
    [TestCase(16, 1, 4)]
    [TestCase(7, 1, 1)]
    [TestCase(10_000, int.MaxValue, 1)]
    public void A_request_brings_several_parts_once_each_connection_has_some_to_do(int parts, int concurrency, int expected) =>
        Assert.That(PartLayout.RunLength(parts, concurrency), Is.EqualTo(expected));

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

    [Test]
    public void An_object_beyond_every_limit_is_an_error() =>
        Assert.That(
            () => PartLayout.PartSize(long.MaxValue, 16 * MiB, S3Like),
            Throws.TypeOf<TrainctlException>().With.Property("Error").EqualTo(TrainctlError.InvalidSetting));
}
