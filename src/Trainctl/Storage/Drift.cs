using Trainctl.Diagnostics;

namespace Trainctl.Storage;

/// <summary>Whether an object is still what was seen when its deletion was decided. Pure.</summary>
internal static class Drift
{
    /// <summary>Compares ETags where both sides have one, else size and time.</summary>
    public static bool IsSeen(StoredObject expected, StoredObject now) => expected.ETag is not null && now.ETag is not null
        ? expected.ETag != now.ETag
        : expected.Size != now.Size || expected.ModifiedAt != now.ModifiedAt;

    public static TrainctlException Failure(ObjectUrl root, string key) => new(
        TrainctlError.Drift,
        $"'{root.Append(key)}' is no longer what it was when its deletion was decided, so it was kept. Run again to decide anew.",
        key);

    /// <summary>Of something that was to be written where nothing is.</summary>
    public static TrainctlException Taken(ObjectUrl root, string key) =>
        new(TrainctlError.Drift, $"'{root.Append(key)}' is another object by now, and is not replaced.", key);
}
