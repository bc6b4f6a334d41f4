using Trainctl.Storage;

namespace Trainctl.S3.Tests.Resuming;

/// <summary>Downloads of many parts, of which one request brings four: what is remembered of them is single parts all the same.</summary>
public sealed class DownloadRunTests : DownloadFixture
{
    private const int PartSize = 1024 * 1024;

    [SetUp]
    public void MakePartsSmall() => Scene.Transfer = Scene.Transfer with { PartSizeBytes = PartSize };

    [Test]
    public async Task One_request_brings_four_parts()
    {
        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Answers, Is.EqualTo(6), "21 parts");
        Assert.That(Scene.Requests(), Is.EquivalentTo(Parts(1, 21)), "each once");
        await AssertWholeAsync(report);
    }

    [TestCase(5)]
    [TestCase(6)]
    [TestCase(8)]
    public async Task What_has_come_of_a_run_is_not_fetched_again(int part)
    {
        await Scene.DownloadUntilAsync(part);

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EquivalentTo(Parts(part, 21)), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task Of_a_run_with_a_damaged_part_that_part_alone_is_fetched_again()
    {
        await Scene.DownloadUntilAsync(part: 9);
        await using (var file = File.OpenWrite(Partial()))
        {
            file.Position = (5 * PartSize) + 12345;
            file.WriteByte((byte)(Content[file.Position] ^ 1));
        }

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EquivalentTo((string[])["GET 6", .. Parts(9, 21)]), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task An_answer_that_breaks_in_the_middle_of_a_run_is_gone_on_with()
    {
        var isCut = 0;
        Scene.Cut = () => Interlocked.Exchange(ref isCut, 1) == 0 ? (2 * PartSize) + 5 : null;

        var report = await Scene.DownloadAsync();

        Assert.That(isCut, Is.EqualTo(1));
        Assert.That(Scene.Answers, Is.EqualTo(7));
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task With_several_at_once_all_parts_come_once()
    {
        Scene.Transfer = Scene.Transfer with { PartConcurrency = 2 };

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Answers, Is.EqualTo(11), "21 parts in twos");
        Assert.That(Scene.Requests(), Is.EquivalentTo(Parts(1, 21)));
        await AssertWholeAsync(report);
    }

    private static string[] Parts(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(static n => $"GET {n}")];
}
