using FsCheck;
using FsCheck.Fluent;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>What a sync does to any two stores, held against a model made of dictionaries.</summary>
public sealed class SyncPropertyTests
{
    private static readonly Config Settings = PropertySearch.Of(300);

    [Test]
    public void The_destination_holds_what_the_model_says() => Holds(static async (scene, stores) =>
    {
        var report = await stores.TryRunAsync(scene.Settings);
        var after = await stores.DestinationTreeAsync();
        return report is null == scene.IsRefused && after.Holds(scene.Expected());
    });

    [Test]
    public void The_report_names_what_changed_and_counts_the_rest() => Holds(static async (scene, stores) =>
    {
        if (await stores.TryRunAsync(scene.Settings) is not { } report)
            return scene.IsRefused;
        var deleted = scene.Destination.Keys.Where(key => !scene.Expected().ContainsKey(key));
        var taken = scene.Source.Keys.Count(scene.Takes);
        return report.Objects.Where(static o => o.Action == ObjectAction.Delete).Select(static o => o.Key).Order(StringComparer.Ordinal).SequenceEqual(deleted)
            && stores.Destination.Writes.Order(StringComparer.Ordinal).SequenceEqual(
                report.Objects.Where(static o => o.Action == ObjectAction.Copy).Select(static o => o.Key).Order(StringComparer.Ordinal))
            && stores.Destination.Writes.Count + report.UnchangedObjects == taken
            && report.Objects.All(static o => o.Result == OutcomeResult.Done);
    });

    [Test]
    public void A_second_sync_moves_nothing() => Holds(static async (scene, stores) =>
    {
        await stores.TryRunAsync(scene.Settings);
        var (writes, deletions) = (stores.Destination.Writes.Count, stores.Destination.Deletions.Count);
        var second = await stores.TryRunAsync(scene.Settings);
        return (second is null ? scene.IsRefused : second.Objects.Count == 0)
            && (stores.Destination.Writes.Count, stores.Destination.Deletions.Count) == (writes, deletions);
    });

    [Test]
    public void A_dry_run_changes_nothing_and_tells_what_the_real_run_does() => Holds(static async (scene, stores) =>
    {
        var dry = await stores.TryRunAsync(scene.Settings with { DryRun = true });
        var isUntouched = stores.Destination is { Writes.Count: 0, Deletions.Count: 0 } && (await stores.DestinationTreeAsync()).Holds(scene.Destination);
        var real = await stores.TryRunAsync(scene.Settings);
        return isUntouched
            && Facts(dry).SequenceEqual(Facts(real))
            && (dry?.UnchangedObjects, dry?.UnchangedBytes) == (real?.UnchangedObjects, real?.UnchangedBytes)
            && (dry?.Notes ?? []).SequenceEqual(real?.Notes ?? []);
    });

    [Test]
    public void Excluded_keys_are_neither_read_nor_written_nor_deleted() => Holds(static async (scene, stores) =>
    {
        await stores.TryRunAsync(scene.Settings);
        var touched = stores.Source.Reads.Concat(stores.Destination.Reads).Concat(stores.Destination.Writes).Concat(stores.Destination.Deletions.SelectMany(static d => d));
        return touched.All(scene.Takes);
    });

    [Test]
    public void A_source_that_fails_while_it_lists_costs_nothing() => Holds(static async (scene, stores) =>
    {
        var before = scene.Source.Count / 2;
        stores.Source.OnListed = _ =>
        {
            if (before-- == 0)
                throw new TrainctlException(TrainctlError.ReadFailed, "The listing broke off.");
        };
        var report = await stores.TryRunAsync(scene.Settings with { Delete = true }, TrainctlError.ReadFailed);
        return report is null && stores.Destination.Deletions.Count == 0;
    }, static scene => scene.Source.Count > 0);

    [Test]
    public void Nothing_below_a_folder_that_cannot_be_listed_is_deleted() => Holds(static async (scene, stores) =>
    {
        stores.Source.Problem = new ListingProblem("c", ListingProblemKind.UnreadableFolder, "It cannot be read.");
        try
        {
            await stores.TryRunAsync(scene.Settings with { Delete = true }, TrainctlError.IncompleteListing);
        }
        catch (TrainctlException exception) when (exception.Error == TrainctlError.EmptySource)
        {
        }

        var after = await stores.DestinationTreeAsync();
        return scene.Destination.Keys.Where(static key => key.StartsWith("c/", StringComparison.Ordinal)).All(after.ContainsKey);
    }, static scene => !scene.Source.Keys.Any(static key => key.StartsWith("c/", StringComparison.Ordinal)));

    [Test]
    public void Nothing_below_a_link_that_was_not_followed_is_deleted() => Holds(static async (scene, stores) =>
    {
        stores.Source.Problem = new ListingProblem("c", ListingProblemKind.LinkNotFollowed, "It is a link.");
        await stores.TryRunAsync(scene.Settings with { Delete = true });
        var after = await stores.DestinationTreeAsync();
        return scene.Destination.Keys.Where(static key => key.StartsWith("c/", StringComparison.Ordinal)).All(after.ContainsKey);
    }, static scene => !scene.Source.Keys.Any(static key => key.StartsWith("c/", StringComparison.Ordinal)));

    private static IEnumerable<(string Key, ObjectAction Action, long Bytes, string Reason)> Facts(SyncReport? report) =>
        report?.Objects.Select(static o => (o.Key, o.Action, o.Bytes, o.Reason)) ?? [];

    private static void Holds(Func<SyncScene, SyncStores, Task<bool>> property, Func<SyncScene, bool>? condition = null) => Check.One(
        Settings,
        Prop.ForAll(condition is null ? SyncScene.Any : SyncScene.Any.Filter(condition), scene => RunAsync(scene, property).GetAwaiter().GetResult()));

    private static async Task<bool> RunAsync(SyncScene scene, Func<SyncScene, SyncStores, Task<bool>> property)
    {
        var stores = await scene.OpenAsync();
        await using var source = stores.Source;
        await using var destination = stores.Destination;
        return await property(scene, stores);
    }
}
