using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Composer's sharded checkpoints: folders <c>ep1-ba200</c> that <c>torch.distributed.checkpoint</c> wrote, and small texts
/// <c>latest-rank0.pt.symlink</c> in a bucket that name one (mosaicml/composer: composer/utils/checkpoint.py, get_save_filename;
/// composer/callbacks/checkpoint_saver.py, create_symlink_file).
/// </summary>
internal sealed partial class ComposerShardedLayout : CheckpointLayout
{
    public override string Name => "composer-sharded";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var found = false;
        foreach (var sub in folder.Folders.Where(static f => !f.IsClaimed && DistributedCheckpoint.IsIn(f)))
        {
            var match = FolderName().Match(sub.Name);
            if (!match.Success)
                continue;
            found = true;
            claims.AddFolder(sub, FolderClaim.Of(this, sub, RunName.Of(folder, "ep*-ba*")) with
            {
                Epoch = double.Parse(match.Groups["epoch"].Value, CultureInfo.InvariantCulture),
                Step = long.Parse(match.Groups["batch"].Value, CultureInfo.InvariantCulture),
                Markers = [.. DistributedCheckpoint.Metadata(sub)],
            });
        }

        if (!found)
            return;
        foreach (var file in folder.Files.Where(f => !f.IsClaimed && IsPointerName(f.Name)))
            claims.AddPointer(this, PointerKind.Last, folder, file);
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken) =>
        new() { Problem = await ShardedParts.ProblemAsync(unit, inspector, cancellationToken).ConfigureAwait(false) };

    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var text = await PointerText.ReadAsync(pointer, inspector, cancellationToken).ConfigureAwait(false);
        return text.Length == 0 ? PointerText.Empty : new PointerReading { Names = [new PointedName(pointer.Kind, PointerText.LastSegment(text), text)] };
    }

    public override bool IsPointerName(string fileName) => PointerName().IsMatch(fileName);

    [GeneratedRegex(@"^ep(?<epoch>\d{1,9})-ba(?<batch>\d{1,18})$", RegexOptions.CultureInvariant)]
    private static partial Regex FolderName();

    [GeneratedRegex(@"^latest-.*\.symlink$", RegexOptions.CultureInvariant)]
    private static partial Regex PointerName();
}
