using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Trainctl.Testing;
using Trainctl.Watching;
using Trainctl.Watching.Snapshots;

namespace Trainctl.Tests.Watching;

/// <summary>What holds for any two snapshots.</summary>
public sealed class WatchDifferPropertyTests
{
    private static readonly Config Settings = PropertySearch.Of(500);
    private static readonly DateTimeOffset Time = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Comparer<string> ByBytes =
        Comparer<string>.Create(static (x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)));

    /// <summary>Short enough that the snapshots often meet; with prefixes of each other, and characters that UTF-16 would order otherwise.</summary>
    private static readonly Gen<string> KeyGen =
        from parts in Gen.Elements("a", "b", "/", "-", "..", "é", "\uE000", "\uFFFD", "\U00010000", "\U0001F600").NonEmptyListOf().Resize(3)
        select string.Concat(parts);

    private static readonly Gen<WatchEntry[]> SnapshotGen =
        from keys in Gen.ListOf(KeyGen)
        from entries in Gen.CollectToArray(keys.Distinct().Order(ByBytes), EntryGen)
        select entries;

    private static readonly Arbitrary<Scene> Scenes = (
        from before in SnapshotGen
        from after in SnapshotGen
        from cut in KeyGen
        select new Scene(before, after, cut)).ToArbitrary();

    [Test]
    public void A_key_is_an_event_exactly_when_the_snapshots_differ_in_it() => Holds(static scene =>
    {
        var before = scene.Before.ToDictionary(static e => e.Key);
        var after = scene.After.ToDictionary(static e => e.Key);
        var expected = before.Keys.Union(after.Keys).Where(k => before.GetValueOrDefault(k) != after.GetValueOrDefault(k)).Order(ByBytes);
        return scene.Changes.Select(static c => c.Entry.Key).SequenceEqual(expected);
    });

    [Test]
    public void An_event_says_what_happened_and_shows_the_object_as_it_is_or_was_last() => Holds(static scene =>
        scene.Changes.All(change => (Array.Find(scene.Before, e => e.Key == change.Entry.Key), Array.Find(scene.After, e => e.Key == change.Entry.Key)) switch
        {
            (null, { } now) => change == new WatchChange(WatchEventKind.Created, now),
            ({ } was, null) => change == new WatchChange(WatchEventKind.Deleted, was),
            (_, var now) => change == new WatchChange(WatchEventKind.Changed, now!),
        }));

    [Test]
    public void The_events_lead_from_one_snapshot_to_the_other() => Holds(static scene =>
    {
        var objects = scene.Before.ToDictionary(static e => e.Key);
        foreach (var (kind, entry) in scene.Changes)
        {
            if (kind == WatchEventKind.Deleted)
                objects.Remove(entry.Key);
            else
                objects[entry.Key] = entry;
        }

        return objects.Values.OrderBy(static e => e.Key, ByBytes).SequenceEqual(scene.After);
    });

    [Test]
    public void Nothing_happened_between_a_snapshot_and_itself() => Holds(static scene => !WatchDiffer.Diff(scene.After, scene.After).Any());

    /// <summary>Whenever a watch stops, the events that were done and those that its state still leads to are all events, each once.</summary>
    [Test]
    public void A_state_between_two_snapshots_leads_to_the_events_that_were_not_done() => Holds(static scene =>
        scene.Changes.Select(static c => c.Entry.Key).Prepend(null).All(done =>
        {
            var rest = WatchDiffer.Diff(WatchDiffer.Between(scene.Before, scene.After, done), scene.After);
            return rest.SequenceEqual(scene.Changes.Where(c => done is null || ByBytes.Compare(c.Entry.Key, done) > 0));
        }));

    [Test]
    public void A_state_between_two_snapshots_is_in_order() => Holds(static scene =>
    {
        var keys = WatchDiffer.Between(scene.Before, scene.After, scene.Cut).Select(static e => e.Key).ToArray();
        return keys.SequenceEqual(keys.Distinct().Order(ByBytes));
    });

    [Test]
    public void What_could_not_be_listed_is_not_deleted_and_everything_else_is_an_event() => Holds(static scene =>
        WatchDiffer.Diff(scene.Before, WatchDiffer.WithoutDeletions(scene.Before, scene.After))
            .SequenceEqual(scene.Changes.Where(static c => c.Kind != WatchEventKind.Deleted)));

    [Test]
    public void A_packed_snapshot_holds_the_same() => Holds(static scene => WatchSnapshot.Of(scene.Before).SequenceEqual(scene.Before));

    private static void Holds(Func<Scene, bool> property) => Check.One(Settings, Prop.ForAll(Scenes, property));

    private static Gen<WatchEntry> EntryGen(string key) =>
        from size in Gen.Elements(0, 1, 200, long.MaxValue)
        from seconds in Gen.Elements(0, 0.0000001, 1)
        from tag in Gen.Elements("", "é", "\"d41d8cd98f00b204e9800998ecf8427e-12\"", null)
        select new WatchEntry { Key = key, Size = size, ModifiedAt = Time.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)), ETag = tag };

    private sealed record Scene(WatchEntry[] Before, WatchEntry[] After, string Cut)
    {
        public IReadOnlyList<WatchChange> Changes => [.. WatchDiffer.Diff(Before, After)];

        public override string ToString() => $"{Text(Before)} -> {Text(After)}, cut at '{Cut}'";

        private static string Text(WatchEntry[] entries) => string.Join(", ", entries.Select(static e => $"'{e.Key}' {e.Size} {e.ModifiedAt:ss.fffffff} {e.ETag}"));
    }
}
