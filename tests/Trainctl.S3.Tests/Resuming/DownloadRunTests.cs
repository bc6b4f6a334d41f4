namespace Trainctl.S3.Tests.Resuming;

/// <summary>Parts that come several in one answer: what of it has come counts by the part.</summary>
public sealed class DownloadRunTests : DownloadFixture
{
    [SetUp]
    public void ReadInRuns() => Scene.Transfer = Scene.Transfer with { PartsPerRead = 4 };

    [Test]
    public async Task Parts_that_follow_each_other_come_in_one_answer()
    {
        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "GET 1", "GET 3", "GET 5" }), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task An_answer_that_breaks_off_goes_on_where_it_was()
    {
        CutOnce(PartedScene.PartSize * 3 / 2);

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "GET 1", "GET 2", "GET 3", "GET 5" }), Scene.Said);
        await AssertWholeAsync(report);
    }

    [Test]
    public async Task A_part_that_came_before_the_store_was_lost_is_not_fetched_again_though_its_answer_had_others_too()
    {
        var answers = 0;
        Scene.Fails = static line => line.StartsWith("GET", StringComparison.Ordinal);
        Scene.CutAt = () => Interlocked.Increment(ref answers) == 1 ? PartedScene.PartSize * 3 / 2 : 0;
        var lost = await Scene.DownloadAsync();
        Assert.That(lost.ExitCode, Is.EqualTo(1), lost.Describe().ToString());
        Scene.Fails = static _ => false;
        Scene.Requests();

        var report = await Scene.DownloadAsync();

        Assert.That(Scene.Requests(), Is.EqualTo(new[] { "GET 2", "GET 3", "GET 4", "GET 5" }), Scene.Said);
        await AssertWholeAsync(report);
    }

    private void CutOnce(int at)
    {
        var left = 1;
        Scene.Fails = line => line.StartsWith("GET", StringComparison.Ordinal) && Interlocked.Decrement(ref left) >= 0;
        Scene.CutAt = () => at;
    }
}
