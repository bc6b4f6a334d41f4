using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Trainctl.Diagnostics;
using Trainctl.Storage;
using Trainctl.Storage.Memory;
using Trainctl.Sync;
using Trainctl.Testing;

namespace Trainctl.Tests.Sync;

/// <summary>What holds for any two listings.</summary>
public sealed class SyncPlannerPropertyTests
{
    private static readonly Config Settings = PropertySearch.Of(500);
    private static readonly DateTimeOffset Time = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly StoreTraits Disk = new MemoryStore().Traits;

    private static readonly IComparer<string> ByBytes =
        Comparer<string>.Create(static (x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)));

    /// <summary>Short enough that the sides often meet; with prefixes of each other, and characters that UTF-16 would order otherwise.</summary>
    private static readonly Gen<string> KeyGen =
        from parts in Gen.Elements("a", "b", "/", "-", "é", "\uE000", "\uFFFD", "\U00010000", "\U0001F600").NonEmptyListOf().Resize(3)
        select string.Concat(parts);

    private static readonly Arbitrary<Scene> Scenes = (
        from source in SideGen()
        from destination in SideGen()
        from mode in Gen.Elements(Enum.GetValues<Comparison>())
        select new Scene(source, destination, mode)).ToArbitrary();

    [Test]
    public void Every_key_of_either_side_is_named_once_in_the_order_of_its_bytes() => Holds(static scene =>
        scene.Plan().Select(static d => (d.Source ?? d.Destination)!.Key).SequenceEqual(
            scene.Source.Objects.Concat(scene.Destination.Objects).Select(static o => o.Key).Distinct().Order(ByBytes)));

    [Test]
    public void A_decision_holds_what_each_side_has_under_its_key() => Holds(static scene => scene.Plan().All(decision =>
    {
        var key = (decision.Source ?? decision.Destination)!.Key;
        return decision.Source == scene.Source.Find(key) && decision.Destination == scene.Destination.Find(key);
    }));

    [Test]
    public void Objects_are_compared_where_both_sides_have_them_and_only_there() => Holds(static scene => scene.Plan().All(decision =>
        decision.Verdict == (decision is { Source: { } here, Destination: { } there }
            ? SyncRule.Compare(here, scene.Source.Traits, there, scene.Destination.Traits, scene.Mode, metadataAsked: false)
            : null)));

    [Test]
    public void The_plan_does_not_depend_on_when_listings_answer() => Holds(static scene =>
    {
        var atOnce = (scene with { Source = scene.Source with { Page = 0 }, Destination = scene.Destination with { Page = 0 } }).Plan();
        return scene.Plan().SequenceEqual(atOnce);
    });

    [Test]
    public void The_way_back_names_the_same_keys_with_the_sides_exchanged() => Holds(static scene =>
        scene.Plan().Select(static d => (d.Source, d.Destination)).SequenceEqual(
            new Scene(scene.Destination, scene.Source, scene.Mode).Plan().Select(static d => (d.Destination, d.Source))));

    [Test]
    public void A_listing_that_breaks_off_breaks_the_plan_off_on_either_side() => Holds(static scene =>
        IsBroken(scene with { Source = scene.Source with { IsBroken = true } })
        && IsBroken(scene with { Destination = scene.Destination with { IsBroken = true } }));

    private static void Holds(Func<Scene, bool> property) => Check.One(Settings, Prop.ForAll(Scenes, property));

    private static bool IsBroken(Scene scene)
    {
        try
        {
            scene.Plan();
            return false;
        }
        catch (TrainctlException exception)
        {
            return exception.Error == TrainctlError.ReadFailed;
        }
    }

    private static Gen<Side> SideGen() =>
        from keys in Gen.ListOf(KeyGen)
        from objects in Gen.CollectToArray(keys.Distinct().Order(ByBytes), ObjectGen)
        from traits in Gen.Elements(Disk, MemoryStore.S3Traits)
        from page in Gen.Choose(0, 3)
        select new Side(objects, traits, page, IsBroken: false);

    private static Gen<StoredObject> ObjectGen(string key) =>
        from size in Gen.Choose(0, 2)
        from stored in Gen.Elements(0, 400, 1000)
        from content in Gen.Elements<double?>(null, 0, 0.0005, 400, 1000)
        select new StoredObject
        {
            Key = key,
            Size = size,
            ModifiedAt = Time.AddMilliseconds(stored),
            ContentModifiedAt = content is { } after ? Time + TimeSpan.FromMilliseconds(after) : null,
        };

    /// <param name="Objects">In order.</param>
    /// <param name="Traits">Of the store.</param>
    /// <param name="Page">How many objects come at once; 0 for all.</param>
    /// <param name="IsBroken">Whether the listing fails where it should end.</param>
    private sealed record Side(StoredObject[] Objects, StoreTraits Traits, int Page, bool IsBroken)
    {
        public StoredObject? Find(string key) => Array.Find(Objects, o => o.Key == key);

        public async IAsyncEnumerable<StoredObject> ListAsync()
        {
            for (var i = 0; i < Objects.Length; i++)
            {
                if (Page > 0 && i % Page == 0)
                    await Task.Yield();
                yield return Objects[i];
            }

            if (IsBroken)
                throw new TrainctlException(TrainctlError.ReadFailed, "The listing broke off.");
        }

        public override string ToString() =>
            string.Join(", ", Objects.Select(static o => $"'{o.Key}' {o.Size} B {o.ModifiedAt:ss.fff} {o.ContentModifiedAt:ss.fffffff}")) + $" by {Page}";
    }

    private sealed record Scene(Side Source, Side Destination, Comparison Mode)
    {
        public IReadOnlyList<SyncDecision> Plan() => PlanAsync().GetAwaiter().GetResult();

        private async Task<IReadOnlyList<SyncDecision>> PlanAsync() =>
            await SyncPlanner.PlanAsync(Source.ListAsync(), Source.Traits, Destination.ListAsync(), Destination.Traits, Mode).ToArrayAsync();
    }
}
