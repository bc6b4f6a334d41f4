using System.Collections.Concurrent;
using Trainctl.Checkpoints.Layouts;
using Trainctl.Storage;

namespace Trainctl.Checkpoints;

/// <summary>
/// Lets somebody who looks at one place again and again open only what is new: complete checkpoints and readable pointers that have not changed are
/// remembered. Safe to use from many threads.
/// </summary>
internal sealed class CatalogMemory(TimeProvider time)
{
    /// <summary>A file system's clock may stand still for so long, and what is written meanwhile would not show.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Layout, string Path), (string Identity, JudgedUnit Judged)> _units = new();
    private readonly ConcurrentDictionary<string, (string Identity, PointerReading Reading)> _pointers = new(StringComparer.Ordinal);

    /// <summary>Paths of checkpoints that were here once. Pointers may name them; they are targets as those are that are still here.</summary>
    public IReadOnlyCollection<string> EarlierPaths { get; set; } = [];

    public JudgedUnit? Recall(UnitClaim claim) =>
        _units.TryGetValue((claim.Layout.Name, claim.Path), out var known) && known.Identity == Identity(claim) ? known.Judged with { Claim = claim } : null;

    public void Remember(JudgedUnit judged)
    {
        var key = (judged.Claim.Layout.Name, judged.Claim.Path);
        if (judged.Judgement.Problem is null && judged.Failure is null && IsSettled(ObjectsOf(judged.Claim)))
            _units[key] = (Identity(judged.Claim), judged);
        else
            _units.TryRemove(key, out _);
    }

    public PointerReading? Recall(PointerClaim claim) =>
        _pointers.TryGetValue(claim.Object.Key, out var known) && known.Identity == Identity([claim.Object]) ? known.Reading : null;

    public void Remember(PointerClaim claim, PointerReading reading)
    {
        if (reading.Problem is null && IsSettled([claim.Object]))
            _pointers[claim.Object.Key] = (Identity([claim.Object]), reading);
    }

    private bool IsSettled(IEnumerable<StoredObject> objects)
    {
        var limit = time.GetUtcNow() - Settling;
        return objects.All(o => o.ETag is not null && o.ModifiedAt < limit);
    }

    private static IEnumerable<StoredObject> ObjectsOf(UnitClaim claim) => claim.Objects.Concat(claim.Sidecars).Concat(claim.JudgedBy);

    /// <summary>A layout judges by what the files are and by what it has seen of the checkpoint's neighbours.</summary>
    private static string Identity(UnitClaim claim) =>
        $"{Identity(ObjectsOf(claim))}\0{claim.IsUnfinished}\0{claim.NameProblem}\0{claim.Doubt}\0{string.Join('\0', claim.Required)}";

    private static string Identity(IEnumerable<StoredObject> objects) => string.Join('\0', objects.Select(static o => $"{o.Key}\0{o.ETag}"));
}
