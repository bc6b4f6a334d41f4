using Trainctl.Checkpoints;

namespace Trainctl.Review;

/// <summary>How one run is doing.</summary>
/// <param name="Run">The run.</param>
/// <param name="Complete">Checkpoints that can be restored from.</param>
/// <param name="Incomplete">Checkpoints that can not, and that a newer complete one has left behind.</param>
/// <param name="InFlight">Checkpoints that may still be written.</param>
/// <param name="Bytes">Size of all of them.</param>
/// <param name="IsNewestComplete">Whether the newest checkpoint can be restored from.</param>
public sealed record RunHealth(string Run, int Complete, int Incomplete, int InFlight, long Bytes, bool IsNewestComplete)
{
    internal static RunHealth Of(CheckpointRun run) => new(
        run.Name,
        run.Units.Count(static u => u.State == CheckpointState.Complete),
        run.Units.Count(static u => u.State == CheckpointState.Incomplete),
        run.Units.Count(static u => u.State == CheckpointState.InFlight),
        run.Units.Sum(static u => u.Bytes),
        run.Units[^1].State == CheckpointState.Complete);
}

/// <summary>A pointer that leads nowhere, or is no whole file.</summary>
/// <param name="Key">Where it stands.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record DanglingPointer(string Key, string Problem);

/// <summary>Shards of a model that is not all there, outside of checkpoints.</summary>
/// <param name="Name">What their names have in common.</param>
/// <param name="Objects">How many shards are there.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Problem">What is missing.</param>
public sealed record OrphanedShardSet(string Name, int Objects, long Bytes, string Problem);

/// <summary>Objects with the same content.</summary>
/// <param name="Keys">The objects, in key order.</param>
/// <param name="Bytes">Size of each.</param>
/// <param name="Proof">What tells that they are the same: a checksum, or the store's own tag.</param>
public sealed record DuplicateSet(IReadOnlyList<string> Keys, long Bytes, string Proof)
{
    /// <summary>Bytes that would be saved if there were only one.</summary>
    public long WastedBytes => (Keys.Count - 1) * Bytes;
}

/// <summary>How much of what is here now was here at the end of a day.</summary>
/// <param name="Day">The day, in UTC.</param>
/// <param name="Bytes">Bytes of objects that are not younger than that.</param>
public sealed record GrowthPoint(DateOnly Day, long Bytes);

/// <summary>What a policy would remove if a prune ran now.</summary>
/// <param name="Checkpoints">How many checkpoints.</param>
/// <param name="Bytes">Their size.</param>
public sealed record PolicyPreview(int Checkpoints, long Bytes);
