using Trainctl.Checkpoints.Layouts;
using Trainctl.Storage;

namespace Trainctl.Review;

/// <summary>Finds shards of models that are not all there. Shards of a checkpoint are judged with it and are not looked at here.</summary>
internal static class OrphanedShards
{
    public static IReadOnlyList<OrphanedShardSet> Find(IEnumerable<StoredObject> objects) =>
    [
        .. objects.Where(static o => ArtifactKinds.Of(o.Key) == ArtifactKind.Model)
            .Select(static o => (Object: o, Shard: ShardName.Parse(o.Key)))
            .Where(static s => s.Shard is not null)
            .GroupBy(static s => (s.Shard!.Stem, s.Shard.Extension))
            .Select(static set => Orphans($"{set.Key.Stem}-*.{set.Key.Extension}", [.. set.Select(static s => (s.Object, s.Shard!))]))
            .OfType<OrphanedShardSet>()
            .OrderBy(static s => s.Name, KeyOrder.Instance),
    ];

    private static OrphanedShardSet? Orphans(string name, (StoredObject Object, ShardName Shard)[] set) =>
        ShardName.Gap([.. set.Select(static s => s.Shard)]) is { } gap
            ? new OrphanedShardSet(name, set.Length, set.Sum(static s => s.Object.Size), gap)
            : null;
}
