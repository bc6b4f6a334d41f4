using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;

namespace Trainctl.Tests.Sync;

/// <summary>The truth table, row by row. Times are seconds; "stored" alone stands for an object whose content time is not known.</summary>
public sealed class SyncRuleTests
{
    private static readonly DateTimeOffset Time = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly StoreTraits Disk = new MemoryStore().Traits;

    [TestCase(Comparison.SizeAndTime, Verdict.SizeDiffers)]
    [TestCase(Comparison.SizeOnly, Verdict.SizeDiffers)]
    [TestCase(Comparison.Checksum, Verdict.SizeDiffers)]
    public void Another_size_decides_in_any_mode(Comparison mode, object expected) =>
        Assert.That(SyncRule.Compare(Content(0, size: 1), Disk, Content(0, size: 2), Disk, mode, metadataAsked: false), Is.EqualTo(expected));

    [TestCase(Comparison.SizeOnly, Verdict.Same)]
    [TestCase(Comparison.Checksum, Verdict.NeedsChecksum)]
    public void Times_do_not_matter_to_other_modes(Comparison mode, object expected) =>
        Assert.That(SyncRule.Compare(Content(5), Disk, Content(0), Disk, mode, metadataAsked: false), Is.EqualTo(expected));

    [TestCase(1, 1, Verdict.Same)]
    [TestCase(1, 1.0000009, Verdict.Same, Description = "Less than a microsecond is rounding")]
    [TestCase(1.0000009, 1, Verdict.Same)]
    [TestCase(1, 1.000001, Verdict.Modified)]
    [TestCase(1.000001, 1, Verdict.Modified)]
    [TestCase(1, 2, Verdict.Modified)]
    [TestCase(2, 1, Verdict.Modified)]
    public void Content_times_are_equal_or_not(double source, double destination, object expected) =>
        Verify(Content(source), Disk, Content(destination), Disk, expected, expected);

    [TestCase(1, 1, Verdict.Same, Verdict.Same)]
    [TestCase(1, 2, Verdict.Same, Verdict.Same)]
    [TestCase(2, 1, Verdict.NeedsContentTime, Verdict.Modified)]
    [TestCase(1.5, 1.7, Verdict.NeedsContentTime, Verdict.Modified, Description = "Stored in the same second, and it may have been before")]
    public void A_content_time_is_held_against_the_time_of_the_upload(double source, double destination, object expected, object afterwards) =>
        Verify(Content(source), Disk, Stored(destination), MemoryStore.S3Traits, expected, afterwards);

    [TestCase(1, 1, Verdict.Same, Verdict.Same)]
    [TestCase(1.7, 1, Verdict.Same, Verdict.Same, Description = "The store keeps whole seconds")]
    [TestCase(1, 2, Verdict.NeedsContentTime, Verdict.Same)]
    [TestCase(2, 1, Verdict.NeedsContentTime, Verdict.Modified)]
    public void The_time_of_an_upload_is_held_against_a_content_time(double source, double destination, object expected, object afterwards) =>
        Verify(Stored(source), MemoryStore.S3Traits, Content(destination), Disk, expected, afterwards);

    [TestCase(1, 1, Verdict.Same, Verdict.Same)]
    [TestCase(1, 2, Verdict.Same, Verdict.Same)]
    [TestCase(1.7, 1.2, Verdict.Same, Verdict.Same, Description = "The same second")]
    [TestCase(2, 1, Verdict.NeedsContentTime, Verdict.Modified)]
    public void Two_uploads_are_held_against_each_other(double source, double destination, object expected, object afterwards) =>
        Verify(Stored(source), MemoryStore.S3Traits, Stored(destination), MemoryStore.S3Traits, expected, afterwards);

    private static void Verify(
        StoredObject source, StoreTraits sourceTraits, StoredObject destination, StoreTraits destinationTraits, object expected, object afterwards) =>
        Assert.Multiple(() =>
        {
            Assert.That(
                SyncRule.Compare(source, sourceTraits, destination, destinationTraits, Comparison.SizeAndTime, metadataAsked: false), Is.EqualTo(expected));
            Assert.That(
                SyncRule.Compare(source, sourceTraits, destination, destinationTraits, Comparison.SizeAndTime, metadataAsked: true),
                Is.EqualTo(afterwards),
                "with no more metadata to be had");
        });

    /// <summary>Stored much later than its content was made.</summary>
    private static StoredObject Content(double seconds, long size = 1) => Stored(1000) with { ContentModifiedAt = At(seconds), Size = size };

    private static StoredObject Stored(double seconds) => new() { Key = "a", Size = 1, ModifiedAt = At(seconds) };

    private static DateTimeOffset At(double seconds) => Time + TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond));
}
