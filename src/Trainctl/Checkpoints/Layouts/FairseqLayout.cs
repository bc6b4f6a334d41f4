using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// fairseq's files (facebookresearch/fairseq: fairseq/checkpoint_utils.py, save_checkpoint): <c>checkpoint3.pt</c> at the end of an epoch,
/// <c>checkpoint_3_1000.pt</c> between, <c>checkpoint.best_loss_2.3450.pt</c> for the best. Each series is kept for itself there, and so it is here.
/// <c>checkpoint_best.pt</c> and <c>checkpoint_last.pt</c> are copies. With a sharded state each rank writes a file that ends in <c>-shard0.pt</c>
/// (fairseq/trainer.py, checkpoint_suffix).
/// </summary>
internal sealed partial class FairseqLayout : FileLayout
{
    public override string Name => "fairseq";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var files = folder.Files
            .Where(static f => !f.IsClaimed)
            .Select(static f => new NamedFile(f, FileName().Match(f.Name)))
            .Where(static f => f.Match.Success)
            .ToArray();
        foreach (var series in files.Where(static f => !f.IsPointer).GroupBy(static f => f.Series, StringComparer.Ordinal))
            Recognise(folder, [.. series], claims);
        foreach (var file in files.Where(static f => f.IsPointer))
            claims.AddPointer(this, file.Match.Groups["pointer"].Value == "best" ? PointerKind.Best : PointerKind.Last, folder, file.File);
    }

    public override bool IsPointerName(string fileName) => FileName().Match(fileName).Groups["pointer"].Success;

    private void Recognise(CatalogFolder folder, NamedFile[] series, ClaimList claims)
    {
        var before = 0;
        var sets = series.GroupBy(static f => f.Stem, StringComparer.Ordinal).OrderBy(static s => s.First().Updates).ThenBy(static s => s.First().Epoch);
        foreach (var set in sets)
        {
            var first = set.First();
            var shards = set.Where(static f => f.Shard is not null).Select(static f => f.Shard!.Value).ToHashSet();
            var isProven = folder.Find(set.Key + Manifest.FileName) is not null;
            var setFiles = set.Select(static f => f.File).ToArray();
            claims.AddFiles(setFiles, folder, ClaimFor(folder, shards.Count == 0 ? first.File.Name : set.Key, first.Series, setFiles) with
            {
                Step = first.Updates,
                Epoch = first.Epoch,
                Metrics = first.Metrics,
                Markers = [.. set.Where(static f => f.Shard == 0).Select(static f => f.File.Object)],
                NameProblem = RankSet.Hole(shards, Name),
                Doubt = RankSet.Doubt(shards, isProven ? 0 : before, Name),
            });
            before = first.HasOrder ? RankSet.AtLeast(shards) : 0;

            string Name(int shard) => $"{set.Key}-shard{shard}.pt";
        }
    }

    private sealed record NamedFile(CatalogFile File, Match Match)
    {
        public bool IsPointer => Match.Groups["pointer"].Success;

        public string Stem => Match.Groups["stem"].Value;

        public long? Epoch => Number("epoch");

        public long? Updates => Number("updates");

        public int? Shard => (int?)Number("shard");

        public bool HasOrder => Epoch is not null;

        /// <summary>The last digit of the value was drawn at random, so that equal values get different names.</summary>
        public IReadOnlyDictionary<string, double> Metrics => Match.Groups["value"] is { Success: true } value
            ? new Dictionary<string, double>
            {
                [Match.Groups["metric"].Value] = double.Parse(value.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture),
            }
            : ReadOnlyDictionary<string, double>.Empty;

        public string Series
        {
            get
            {
                var end = Match.Groups["part"].Value + (Shard is null ? ".pt" : "-shard*.pt");
                return Updates is not null ? "checkpoint_*_*" + end
                    : Epoch is not null ? "checkpoint*" + end
                    : $"checkpoint.best_{Match.Groups["metric"].Value}_*{end}";
            }
        }

        private long? Number(string group) => Match.Groups[group] is { Success: true } found
            ? long.Parse(found.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
            : null;
    }

    [GeneratedRegex(
        @"^(?<stem>checkpoint(?:(?<epoch>[0-9]{1,9})|_(?<epoch>[0-9]{1,9})_(?<updates>[0-9]{1,18})|_(?<pointer>best|last)"
        + @"|\.best_(?<metric>.+)_(?<value>-?[0-9]{1,30}\.[0-9]{3})[0-9]{1,9})"
        + @"(?<part>(?:-model_part-[0-9]+)?))(?:-shard(?<shard>[0-9]{1,6}))?\.pt$",
        RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
