using System.Text.Json;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;
using Trainctl.Tests.Watching;

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

        var report = await _stores.RunAsync(Settings with { Include = ["x.csv", include] });

        Assert.Multiple(() =>
        {
            Assert.That((report.ExitCode, report.FailureText), Is.EqualTo((ErrorCatalog.Refused, $"TRAINCTL4002: {report.Refusal}")));
            Assert.That(report.Refusal, Does.EndWith("It may not be read. Make it readable, or exclude 'hidden/'."));
            Assert.That(_stores.Destination.Deletions, Is.Empty);
        });
    }

    [Test]
    public async Task What_was_copied_before_a_refusal_is_reported()
    {
        _stores.Source.Problem = Unreadable;

        var report = await _stores.RunAsync(Settings);

        var text = ReportText.Render(report.Describe());
        using var json = JsonDocument.Parse(ReportJson.Serialize(report));
        Assert.Multiple(() =>
        {
            Assert.That(report.Objects.Select(static o => (o.Key, o.Result)), Is.EqualTo(new[] { ("x.csv", OutcomeResult.Done) }));
            Assert.That(text, Does.Contain("Deleting at 's3://to/' was refused").And.Contain("1 object copied"));
            Assert.That((json.RootElement.GetProperty("exitCode").GetInt32(), json.RootElement.GetProperty("refusal").GetString()), Is.EqualTo((5, report.Refusal)));
        });
    }

    [Test]
    public async Task A_dry_run_says_the_same()
    {
        _stores.Source.Problem = Unreadable;

        var report = await _stores.RunAsync(Settings with { DryRun = true });

        Assert.That((report.ExitCode, report.Objects.Single().Result), Is.EqualTo((ErrorCatalog.Refused, OutcomeResult.Planned)));
    }

    [Test]
    public async Task A_cancelled_sync_says_that_it_had_begun_to_delete()
    {
        var log = new ListLog();
        using var stop = new CancellationTokenSource();
        _stores.Destination.OnDelete = _ => stop.Cancel();

        await Assert.ThatAsync(() => _stores.RunAsync(Settings, log, stop.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(log.Warnings, Is.EqualTo(new[] { "0 objects had been deleted at 's3://to/' when this was cancelled, and of 1 more object some may have been." }));
    }

    [Test]
    public async Task A_store_that_fails_while_it_deletes_costs_no_report()
    {
        _stores.Destination.OnDelete = static keys => throw new TrainctlException(TrainctlError.CredentialsRejected, "Expired.", keys[0]);

        var report = await _stores.RunAsync(Settings);

        Assert.That(report.Objects.Select(static o => (o.Key, o.Result)), Is.EqualTo(new[] { ("hidden/y.csv", OutcomeResult.Failed), ("x.csv", OutcomeResult.Done) }));
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
