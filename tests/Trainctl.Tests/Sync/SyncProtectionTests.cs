using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>What could not be listed at the source is not deleted at the destination.</summary>
public sealed class SyncProtectionTests
{
    private static readonly SyncSettings Settings = new() { Source = "s3://from", Destination = "s3://to", Delete = true };

    private SyncStores _stores = null!;

    [SetUp]
    public async Task SetUp()
    {
        _stores = new SyncStores(new HookedStore(new MemoryStore("s3://from")), new HookedStore(new MemoryStore("s3://to")));
        await _stores.Source.PutAsync("x.csv", new byte[1], new PutOptions());
        await _stores.Destination.PutAsync("hidden/y.csv", new byte[1], new PutOptions { ContentModifiedAt = DateTimeOffset.UnixEpoch });
    }

    [TearDown]
    public async Task TearDown()
    {
        await _stores.Source.DisposeAsync();
        await _stores.Destination.DisposeAsync();
    }

    [TestCase("*.csv")]
    [TestCase("hidden/*.csv")]
    public async Task An_include_that_does_not_name_an_unreadable_folder_still_refuses_to_delete(string include)
    {
        _stores.Source.Problem = Unreadable;

        var error = (await Assert.ThrowsAsync<TrainctlException>(() => _stores.RunAsync(Settings with { Include = ["x.csv", include] })))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Error, Is.EqualTo(TrainctlError.IncompleteListing));
            Assert.That(error.Message, Does.EndWith("It may not be read. Make it readable, or exclude 'hidden/'."));
            Assert.That(_stores.Destination.Deletions, Is.Empty);
        });
    }

    [Test]
    public async Task Excluding_the_folder_as_the_message_says_helps()
    {
        _stores.Source.Problem = Unreadable;

        var report = await _stores.RunAsync(Settings with { Exclude = ["hidden/"] });

        Assert.Multiple(() =>
        {
            Assert.That(report.Objects.Select(static o => o.Key), Is.EqualTo(new[] { "x.csv" }));
            Assert.That(report.Problems, Is.Empty);
        });
    }

    [TestCase(ListingProblemKind.LinkNotFollowed)]
    [TestCase(ListingProblemKind.LinkLoop)]
    [TestCase(ListingProblemKind.DanglingLink)]
    public async Task An_include_that_does_not_name_a_link_still_protects_what_may_be_behind_it(ListingProblemKind kind)
    {
        _stores.Source.Problem = new ListingProblem("hidden", kind, "It is a link.");

        await _stores.RunAsync(Settings with { Include = ["*.csv"] });

        Assert.That(_stores.Destination.Deletions, Is.Empty);
    }

    /// <summary>Its record may come before or behind what it is about, and may be left out by a pattern.</summary>
    [TestCase()]
    [TestCase("**/!note", "**/model.bin", "x.csv", "old/")]
    public async Task What_is_in_a_trash_is_no_surplus(params string[] include)
    {
        string[] thrownAway =
        [
            "runs/.trash/20261124T132901Z/!note", "runs/.trash/20261124T132901Z/.trainctl-trash/digits/checkpoint-100.175f982b.json",
            "runs/.trash/20261124T132901Z/digits/checkpoint-100/model.bin",
        ];
        foreach (var key in (string[])[.. thrownAway, "old/20261124T132901Z/model.bin"])
            await _stores.Destination.PutAsync(key, new byte[1], new PutOptions { ContentModifiedAt = DateTimeOffset.UnixEpoch });

        var report = await _stores.RunAsync(Settings with { Include = include });

        Assert.That((await _stores.DestinationTreeAsync()).Keys.Where(static k => k.Contains("2026", StringComparison.Ordinal)), Is.EqualTo(thrownAway));
        Assert.That(report.Notes, Has.Some.StartsWith($"{(include.Length == 0 ? 3 : 2)} objects in a trash at the destination were kept"));
    }

    private static ListingProblem Unreadable => new("hidden", ListingProblemKind.UnreadableFolder, "It may not be read.");
}
