using Trainctl.Diagnostics;
using Trainctl.Sync;

namespace Trainctl.Tests.Sync;

public sealed class KeyFilterTests
{
    [TestCase("*.csv", "a.csv", true)]
    [TestCase("*.csv", "deep/a.csv", true)]
    [TestCase("*.csv", "a.csv/b", false)]
    [TestCase("a/*", "a/b", true)]
    [TestCase("a/*", "a/b/c", false)]
    [TestCase("a/*", "b/a/c", false)]
    [TestCase("a/", "a/b/c", true)]
    [TestCase("a/", "a", false)]
    [TestCase("a/**/c", "a/c", true)]
    [TestCase("a/**/c", "a/b/b/c", true)]
    [TestCase("**/c", "c", true)]
    [TestCase("/a", "a", true)]
    [TestCase("/a", "deep/a", false)]
    [TestCase(@"a\b", "a/b", true)]
    [TestCase("a.b", "axb", false)]
    [TestCase("x[0-9]", "x7", true)]
    [TestCase("x[0-9]", "xa", false)]
    [TestCase("x[!0-9]", "xa", true)]
    [TestCase("x[^0-9]", "x7", false)]
    [TestCase("a/x[!0]y", "a/x/y", false)]
    [TestCase("[]]", "]", true)]
    [TestCase("[!]]", "]", false)]
    [TestCase("[!]]", "a", true)]
    [TestCase("?", "\U0001F600", true)]
    [TestCase("??", "\U0001F600", false)]
    [TestCase("[!a]", "\U0001F600", true)]
    [TestCase("[", "[", true)]
    [TestCase("a[", "a[", true)]
    [TestCase("[!", "[!", true)]
    [TestCase("[]", "[]", true)]
    public void A_pattern_takes_what_it_says(string pattern, string key, bool expected) => Assert.Multiple(() =>
    {
        Assert.That(new KeyFilter([pattern], []).Accepts(key), Is.EqualTo(expected));
        Assert.That(new KeyFilter([], [pattern]).Accepts(key), Is.EqualTo(!expected));
    });

    [TestCase("", "An include or exclude pattern is empty. Write a glob such as '*.csv' or 'raw/**'.")]
    [TestCase("[\U0001F600]", "'[\U0001F600]' is not a glob: the set '[\U0001F600]' holds a character above U+FFFF.")]
    public void What_is_no_pattern_is_said(string pattern, string message)
    {
        var error = Assert.Throws<TrainctlException>(() => new KeyFilter([pattern], []))!;

        Assert.That((error.Error, error.Message), Is.EqualTo((TrainctlError.InvalidSetting, message)));
    }

    [TestCase("*.csv", true)]
    [TestCase("a/b/*.csv", true)]
    [TestCase("a/", true)]
    [TestCase("*/x", true)]
    [TestCase("ab/", false)]
    [TestCase("b/**", false)]
    [TestCase("b/a/x", false)]
    public void An_include_may_reach_into_a_folder(string include, bool expected) =>
        Assert.That(new KeyFilter([include], []).MayAcceptBelow("a"), Is.EqualTo(expected));

    [TestCase("a/", false)]
    [TestCase("a/**", false)]
    [TestCase("**", false)]
    [TestCase("a", true)]
    [TestCase("a/*", true)]
    [TestCase("a/b/", true)]
    [TestCase("*", true, Description = "It takes all, but to see that takes more than a look")]
    public void Only_an_exclude_of_everything_below_shuts_a_folder_out(string exclude, bool expected) =>
        Assert.That(new KeyFilter([], [exclude]).MayAcceptBelow("a"), Is.EqualTo(expected));
}
