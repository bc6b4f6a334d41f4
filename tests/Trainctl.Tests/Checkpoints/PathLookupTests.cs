using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Trainctl.Checkpoints;
using Trainctl.Testing;

namespace Trainctl.Tests.Checkpoints;

public sealed class PathLookupTests
{
    [Test]
    public void A_name_that_begins_alike_is_not_below()
    {
        var lookup = new PathLookup<string>(["a/checkpoint-1", "a/checkpoint-10", "a/checkpoint-1/part", "b"], static p => p);

        Assert.That(lookup.AtOrBelow("a/checkpoint-1"), Is.EqualTo(new[] { "a/checkpoint-1", "a/checkpoint-1/part" }));
        Assert.That(lookup.AtOrBelow("a/check"), Is.Empty);
    }

    [Test]
    public void It_answers_as_looking_at_every_path_does()
    {
        var path = Gen.ArrayOf(Gen.Elements('a', 'b', '/', '.')).Select(static c => new string(c));
        var scenes = (from paths in Gen.ListOf(path) from asked in path select (Paths: paths.ToArray(), Asked: asked)).ToArbitrary();

        Check.One(PropertySearch.Of(500), Prop.ForAll(scenes, static scene =>
            new PathLookup<string>(scene.Paths, static p => p).AtOrBelow(scene.Asked).SequenceEqual(scene.Paths.Where(p => IsAtOrBelow(p, scene.Asked)))));
    }

    [Test]
    public void Two_thousand_names_of_two_thousand_checkpoints_look_at_each_once()
    {
        string[] paths = [.. Enumerable.Range(0, 2_000).Select(static i => string.Create(CultureInfo.InvariantCulture, $"run/checkpoint_{i:000000}"))];
        var looks = 0;
        var lookup = new PathLookup<string>(paths, path =>
        {
            looks++;
            return path;
        });

        Assert.That(paths.Sum(path => lookup.AtOrBelow(path).Count), Is.EqualTo(paths.Length));
        Assert.That(looks, Is.EqualTo(paths.Length));
    }

    [Test]
    public void Only_paths_that_will_be_asked_for_are_kept()
    {
        var lookup = new PathLookup<string>(["a/b/c"], static p => p, new HashSet<string> { "a/b" });

        Assert.That((lookup.AtOrBelow("a/b").Count, lookup.AtOrBelow("a").Count, lookup.AtOrBelow("a/b/c").Count), Is.EqualTo((1, 0, 0)));
    }

    private static bool IsAtOrBelow(string key, string path) =>
        key.StartsWith(path, StringComparison.Ordinal) && (key.Length == path.Length || key[path.Length] == '/');
}
