using Trainctl.Diagnostics;
using Trainctl.Testing;
using Trainctl.Transfer.Resuming;

namespace Trainctl.Tests.Transfer.Resuming;

public sealed class TransferJournalTests
{
    private TemporaryFolder _folder = null!;
    private string _path = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _path = _folder.Combine("journal");
        using var journal = TransferJournal.TryOpen(_path, SilentLog.Instance)!;
        journal.Begin(new JournalHead
        {
            Destination = "s3://bucket/big", Content = "c", Source = "big", Size = 30L << 40, PartSize = 3L << 30, StartedAt = DateTimeOffset.UnixEpoch,
        });
        journal.Add("upload");
        journal.Add(new JournalPart(1, "0123456789abcdef", "tag"));
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    /// <summary>Its age tells when nobody will go on any more, and every sync to the store opens it.</summary>
    [Test]
    public void To_be_read_makes_it_no_younger()
    {
        var time = DateTime.UtcNow.AddDays(-6);
        File.SetLastWriteTimeUtc(_path, time);

        using (TransferJournal.TryOpen(_path, SilentLog.Instance))
        {
            // Nothing is added.
        }

        Assert.That(File.GetLastWriteTimeUtc(_path), Is.EqualTo(time).Within(TimeSpan.FromSeconds(1)));
    }

    /// <summary>An object of 30 TB is in 10,000 parts of 3 GiB each.</summary>
    [Test]
    public void What_is_remembered_is_read_again_whatever_the_size_of_parts()
    {
        using var journal = TransferJournal.TryOpen(_path, SilentLog.Instance)!;

        Assert.That((journal.Head?.PartSize, journal.UploadId, journal.Parts.Count), Is.EqualTo((3L << 30, "upload", 1)));
    }

    [Test]
    public void Half_a_line_at_its_end_is_cut_off()
    {
        var whole = new FileInfo(_path).Length;
        File.AppendAllText(_path, "{\"part\":{\"nu");

        using var journal = TransferJournal.TryOpen(_path, SilentLog.Instance)!;

        Assert.That((journal.Parts.Count, new FileInfo(_path).Length), Is.EqualTo((1, whole)));
    }
}
