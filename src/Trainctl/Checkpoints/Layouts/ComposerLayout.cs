using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Composer's files <c>ep1-ba42-rank0.pt</c>, one for each rank that saves, together one checkpoint (mosaicml/composer:
/// composer/callbacks/checkpoint_saver.py). <c>latest-rank0.pt</c> is a link to the last one, or a copy where links do not travel; in a bucket
/// <c>latest-rank0.pt.symlink</c> is a text with the target's name (composer/utils/file_helpers.py, create_symlink_file).
/// </summary>
internal sealed partial class ComposerLayout : FileLayout
{
    public override string Name => "composer";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var before = 0;
        var sets = folder.Files
            .Where(static f => !f.IsClaimed)
            .Select(static f => new RankFile(f, FileName().Match(f.Name)))
            .Where(static f => f.Match.Success)
            .GroupBy(static f => f.Unit, StringComparer.Ordinal)
            .OrderBy(static s => s.First().Batch)
            .ThenBy(static s => s.First().Epoch)
            .ToArray();
        foreach (var set in sets)
        {
            var ranks = set.Select(static f => f.Rank).ToHashSet();
            var (epoch, batch) = (set.First().Epoch, set.First().Batch);
            claims.AddFiles(set.Select(static f => f.File), folder, ClaimFor(folder, set.Key, "ep*-ba*", set.Select(static f => f.File)) with
            {
                Step = batch,
                Epoch = epoch,
                Markers = [.. set.Where(static f => f.Rank == 0).Select(static f => f.File.Object)],
                NameProblem = RankSet.Hole(ranks, Name),
                Doubt = RankSet.Doubt(ranks, HasManifest(folder, set.Key) ? 0 : before, Name),
            });
            before = RankSet.AtLeast(ranks);

            string Name(int rank) => $"{set.Key}-rank{rank}.pt";
        }

        foreach (var file in folder.Files.Where(f => !f.IsClaimed && IsPointerName(f.Name)))
            claims.AddPointer(this, PointerKind.Last, folder, file);
    }

    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken)
    {
        if (!IsText(UnitInspector.NameOf(pointer.Object)))
            return await base.ReadPointerAsync(pointer, inspector, cancellationToken).ConfigureAwait(false);
        var content = await inspector.ReadTextAsync(pointer.Object, cancellationToken).ConfigureAwait(false);
        var text = content is null || content.AsSpan().Contains((byte)0) ? "" : Encoding.UTF8.GetString(content).Trim();
        var name = RankEnd().Replace(LastSegment(text), "");
        return name.Length > 0 ? new PointerReading { Names = [new PointedName(PointerKind.Last, name, text)] } : throw Unreadable(pointer);
    }

    public override bool IsPointerName(string fileName) => PointerName().IsMatch(fileName);

    private static bool IsText(string fileName) => fileName.EndsWith(".symlink", StringComparison.Ordinal);

    /// <summary>What a manifest lists is more than a guess from the neighbours.</summary>
    private static bool HasManifest(CatalogFolder folder, string unit) => folder.Find(unit + Manifest.FileName) is not null;

    private sealed record RankFile(CatalogFile File, Match Match)
    {
        public string Unit => Match.Groups["unit"].Value;

        public long Epoch => long.Parse(Match.Groups["epoch"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

        public long Batch => long.Parse(Match.Groups["batch"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

        public int Rank => int.Parse(Match.Groups["rank"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(?<unit>ep(?<epoch>[0-9]{1,18})-ba(?<batch>[0-9]{1,18}))-rank(?<rank>[0-9]{1,6})\.pt$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^latest-.+\.symlink$|^latest\.symlink$|^latest-rank[0-9]{1,6}\.pt$", RegexOptions.CultureInvariant)]
    private static partial Regex PointerName();

    [GeneratedRegex(@"-rank[0-9]+\.pt$", RegexOptions.CultureInvariant)]
    private static partial Regex RankEnd();
}
