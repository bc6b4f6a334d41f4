using Trainctl.Checkpoints.Formats;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints.Formats;

public sealed class ZipTailTests
{
    [TestCase("")]
    [TestCase("a comment with PK\u0005\u0006 in it, long enough for a record of its own")]
    public void A_whole_file_has_an_end_record(string comment)
    {
        var file = ModelFile.Zip(200_000, comment);

        Assert.That(ZipTail.HasEndRecord(Tail(file), file.Length), Is.True);
    }

    [Test]
    public void A_file_cut_anywhere_has_none()
    {
        var file = ModelFile.Zip();

        Assert.That(Enumerable.Range(0, file.Length).Where(n => ZipTail.HasEndRecord(file.AsSpan(0, n), n)), Is.Empty);
    }

    [Test]
    public void A_file_with_anything_behind_its_end_has_none()
    {
        byte[] file = [.. ModelFile.Zip(), 0];

        Assert.That(ZipTail.HasEndRecord(file, file.Length), Is.False);
    }

    /// <summary>Weights may hold the signature by chance; a directory that would lie behind its own record gives it away.</summary>
    [Test]
    public void An_end_record_whose_directory_cannot_be_there_does_not_count()
    {
        byte[] record = [.. "PK\u0005\u0006"u8, 0, 0, 0, 0, 1, 0, 1, 0, 50, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0];

        Assert.That(ZipTail.HasEndRecord(record, record.Length), Is.False);
    }

    private static ReadOnlySpan<byte> Tail(byte[] file) => file.AsSpan(Math.Max(0, file.Length - ZipTail.MaxLength));
}
