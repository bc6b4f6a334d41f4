using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;

namespace Trainctl.Training.Publishing;

/// <summary>The content of a checkpoint as a listing tells it: which objects in which version. Pure.</summary>
internal sealed class UnitVersion(CheckpointUnit unit)
{
    private readonly Dictionary<string, string> _etags = UploadPlanner.ContentOf(unit).ToDictionary(static o => o.Key, static o => o.ETag ?? "", StringComparer.Ordinal);

    public bool IsSameAs(UnitVersion other) => _etags.Count == other._etags.Count && IsPartOf(other);

    /// <summary>
    /// Whether it is another one with objects missing, as while it is deleted. Frameworks delete in any order, and what is left may still look complete.
    /// </summary>
    public bool IsRemainderOf(UnitVersion other) => _etags.Count < other._etags.Count && IsPartOf(other);

    private bool IsPartOf(UnitVersion other) => _etags.All(e => other._etags.TryGetValue(e.Key, out var etag) && etag == e.Value);
}
