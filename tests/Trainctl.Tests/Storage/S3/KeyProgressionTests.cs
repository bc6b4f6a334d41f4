using Trainctl.Storage.S3;

namespace Trainctl.Tests.Storage.S3;

/// <summary>What keys count, and where they will be so many keys on.</summary>
public sealed class KeyProgressionTests
{
    [TestCase("f00000.bin", "f00999.bin", 1000, 900, ExpectedResult = "f01898")]
    [TestCase("step-000500/a", "step-010000/z", 20, 20, ExpectedResult = "step-019500")]
    [TestCase("runs/a/step-100/x", "runs/a/step-139/x", 400, 100, ExpectedResult = "runs/a/step-149")]
    [TestCase("step-1000", "step-999", 900, 10, ExpectedResult = null, Description = "999 comes after 1000, and nothing of three digits after it")]
    [TestCase("step-1000", "step-19", 90, 10, ExpectedResult = "step-20")]
    [TestCase("step-1000", "step-1899", 900, 100, ExpectedResult = "step-1999")]
    [TestCase("00ab/1", "03cd/9", 1000, 1000, ExpectedResult = "06ef")]
    [TestCase("files/md5/00/aa", "files/md5/0f/bb", 1000, 1000, ExpectedResult = "files/md5/1e")]
    [TestCase("f990", "f999", 10, 1, ExpectedResult = null, Description = "there is no further number of so many digits")]
    [TestCase("apple", "pear", 10, 10, ExpectedResult = null)]
    [TestCase("a", "ab", 10, 10, ExpectedResult = null)]
    [TestCase("a", "a", 1, 1, ExpectedResult = null)]
    [TestCase("", "x", 1, 1, ExpectedResult = null)]
    [TestCase("ä1", "ä9", 9, 1, ExpectedResult = null, Description = "only one digit")]
    [TestCase("ä10", "ä19", 9, 5, ExpectedResult = "ä24")]
    [TestCase("n123456789012345678901", "n123456789012345678999", 98, 98, ExpectedResult = "n123456789012345679097")]
    public async Task<string?> The_key_so_many_places_on(string first, string last, int keys, int places)
    {
        var progression = new KeyProgression();
        progression.Observe(first, last, keys);

        return await progression.AfterAsync(last, places);
    }

    [Test]
    public async Task Pages_of_one_counting_are_taken_together()
    {
        var progression = new KeyProgression();

        progression.Observe("f0000", "f0009", 10);
        Assert.That((progression.Pages, await progression.AfterAsync("f0009", 10)), Is.EqualTo((1, "f0018")));
        progression.Observe("f0010", "f0049", 10);
        Assert.That((progression.Pages, await progression.AfterAsync("f0049", 20)), Is.EqualTo((2, "f0098")));
        progression.Observe("g/a", "g/b", 10);
        Assert.That(await progression.AfterAsync("h", 10), Is.Null);
        progression.Observe("h0000", "h0009", 10);
        Assert.That((progression.Pages, await progression.AfterAsync("h0009", 10)), Is.EqualTo((1, "h0018")));
    }

    [Test]
    public async Task Nothing_is_known_of_keys_that_count_something_else()
    {
        var progression = new KeyProgression();
        Assert.That(await progression.AfterAsync("f0", 10), Is.Null, "no page was seen");

        progression.Observe("f0000", "f0009", 10);

        Assert.That((await progression.AfterAsync("g0000", 10), await progression.AfterAsync("f", 10), await progression.AfterAsync("f00x0", 10)), Is.EqualTo(((string?)null, (string?)null, (string?)null)));
    }
}
