using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Ray Train's folders <c>checkpoint_*</c>, named by time or number, beside <c>checkpoint_manager_snapshot.json</c>
/// (ray-project/ray: python/ray/train/v2/_internal/execution/storage.py). What is in them is the user's own. A checkpoint counts from when the list has
/// it, and a run that lists one that is gone cannot be restored (checkpoint_manager.py, _assert_checkpoints_exist).
/// </summary>
internal sealed partial class RayTrainLayout : CheckpointLayout
{
    public override string Name => "ray-train";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        if (folder.Find(RaySnapshot.FileName) is not { IsClaimed: false } list)
            return;
        var snapshot = new RaySnapshot(list.Object);
        foreach (var sub in folder.Folders.Where(static f => !f.IsClaimed && FolderName().IsMatch(f.Name)))
        {
            var isNumber = long.TryParse(FolderName().Match(sub.Name).Groups["name"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            var claim = FolderClaim.Of(this, sub, RunName.Of(folder)) with { Step = isNumber ? number : null, JudgedBy = [list.Object] };
            claims.AddFolder(sub, new Claim(claim, snapshot));
        }

        claims.AddPointer(this, PointerKind.Listed, folder, list);
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var listed = await ((Claim)unit).Snapshot.ReadAsync(inspector, cancellationToken).ConfigureAwait(false);
        if (listed is null)
            return Judgement.Incomplete($"{RaySnapshot.FileName} cannot be parsed");
        if (!listed.TryGetValue(unit.Name, out var metrics))
            return Judgement.Incomplete($"{RaySnapshot.FileName} does not list it");
        return new Judgement
        {
            Problem = await ShardedParts.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false)
                ?? await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false),
            Metrics = metrics,
        };
    }

    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var listed = await new RaySnapshot(pointer.Object).ReadAsync(inspector, cancellationToken).ConfigureAwait(false);
        return listed is null
            ? throw PointerText.Unreadable(pointer)
            : new PointerReading { Names = [.. listed.Keys.Select(name => new PointedName(pointer.Kind, name, name))] };
    }

    public override bool IsPointerName(string fileName) => fileName == RaySnapshot.FileName;

    [GeneratedRegex(@"^checkpoint_(?<name>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex FolderName();

    private sealed record Claim : UnitClaim
    {
        [SetsRequiredMembers]
        public Claim(UnitClaim claim, RaySnapshot snapshot)
            : base(claim) => Snapshot = snapshot;

        public RaySnapshot Snapshot { get; }
    }
}
