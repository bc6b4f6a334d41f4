using Trainctl.Benchmarks.Peers;

namespace Trainctl.Tests.Benchmarks;

/// <summary>What is measured, and how a part of it is chosen.</summary>
public sealed class PeerOptionsTests
{
    [Test]
    public void Without_options_every_row_runs_at_full_size()
    {
        var options = PeerOptions.Parse([]);

        Assert.Multiple(() =>
        {
            Assert.That(options.Rows, Is.EqualTo(PeerRow.All.Select(static r => r.Name)).And.Unique);
            Assert.That((options.Pairs, options.Scale), Is.EqualTo((5, 1.0)));
            Assert.That(PeerRow.All.Select(static r => r.Text), Is.EqualTo(new[]
            {
                "upload 5,000 x 16 KiB",
                "download 5,000 x 16 KiB",
                "upload 1 x 1 GiB, payload SHA-256",
                "upload 1 x 1 GiB, store with CRC checksums",
                "download 1 x 1 GiB, checksum verified",
                "upload 64 x 8 MiB",
                "download 64 x 8 MiB",
                "list 5,000 x 16 KiB",
                "delete 5,000 x 16 KiB",
                "sync with nothing to do, 5,000 x 16 KiB",
            }));
        });
    }

    [Test]
    public void Rows_pairs_and_sizes_can_be_chosen()
    {
        var options = PeerOptions.Parse(["--rows=list,sync", "--pairs=2", "--scale=0.1", "--crc-store"]);

        Assert.Multiple(() =>
        {
            Assert.That(options.Rows, Is.EqualTo(new[] { "list", "sync" }));
            Assert.That((options.Pairs, options.Scale, options.IsCrcStore), Is.EqualTo((2, 0.1, true)));
            Assert.That(PeerRow.All.Select(r => r.Scaled(options.Scale).Files.TotalBytes), Is.EqualTo(PeerRow.All.Select(static r => r.Files.Count switch
            {
                1 => 1024L * 1024 * 1024 / 10 / 1024 * 1024,
                64 => 6 * 8L * 1024 * 1024,
                _ => 500 * 16L * 1024,
            })));
        });
    }

    [TestCase("--rows=lst")]
    [TestCase("--pairs=0")]
    [TestCase("--scale=2")]
    [TestCase("--scale=0")]
    [TestCase("--pair=2")]
    [TestCase("list")]
    [TestCase("--bare=client,--tls")]
    public void A_mistake_is_not_passed_over(string argument) =>
        Assert.That(() => PeerOptions.Parse(argument.Split(',')), Throws.TypeOf<FormatException>());

    [Test]
    public void One_of_the_rows_about_checksums_runs_on_every_store()
    {
        foreach (var isCrcStore in (bool[])[true, false])
        {
            var left = PeerRow.All.Where(r => r.Obstacle(isCrcStore) is not null).Select(static r => r.Name);
            Assert.That(left, Is.EqualTo(new[] { isCrcStore ? "upload-large" : "upload-large-crc" }));
        }
    }
}
