using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Keras' models <c>*.keras</c> and weights <c>*.weights.h5</c> (keras-team/keras: keras/src/callbacks/model_checkpoint.py). Their names are the user's;
/// a checkpoint is one with the word epoch or step in it, or of the form that the documentation shows: <c>weights.05-0.32.keras</c>,
/// <c>05-0.32.weights.h5</c>, <c>cp-0005.weights.h5</c>. <c>latest.weights.h5</c> is where a restarted job goes on
/// (keras/src/callbacks/backup_and_restore.py). Weights in shards are <c>NAME_00000.weights.h5</c> and so on, and <c>NAME.weights.json</c>, which lists those that are
/// closed (keras/src/saving/saving_lib.py, ShardedH5IOStore).
/// </summary>
internal sealed partial class KerasLayout : FileLayout
{
    private const string Latest = "latest.weights.h5";
    private const string Weights = ".weights.h5";
    private const string Index = ".weights.json";

    public override string Name => "keras";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        RecogniseShards(folder, claims);
        foreach (var file in folder.Files.Where(static f => !f.IsClaimed).ToArray())
        {
            var extension = FileName().Match(file.Name).Value;
            if (file.Name == Latest)
                claims.AddPointer(this, PointerKind.Last, folder, file);
            else if (extension.Length > 0 && Recognise(folder, file.Name[..^extension.Length], extension, file) is { } claim)
                claims.AddFiles([file], folder, claim);
        }
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        if (unit.NameProblem is null && unit.Markers is [var index]
            && await SafetensorsLayout.IndexProblemAsync(unit, index, inspector, cancellationToken).ConfigureAwait(false) is { } problem)
        {
            return Judgement.Incomplete(problem);
        }

        return await base.JudgeAsync(unit, inspector, cancellationToken).ConfigureAwait(false);
    }

    public override bool IsPointerName(string fileName) => fileName == Latest;

    /// <summary>
    /// What the index lists must be there. It is written anew with each shard, so that it tells nothing about those that are still to come: one with fewer than the
    /// checkpoint before is doubted. A file with such a number is a shard where any of its series has an index.
    /// </summary>
    private void RecogniseShards(CatalogFolder folder, ClaimList claims)
    {
        var sets = folder.Files.Where(static f => !f.IsClaimed).Select(static f => (File: f, Match: ShardOrIndex().Match(f.Name))).Where(static f => f.Match.Success)
            .GroupBy(static f => f.Match.Groups["stem"].Value, StringComparer.Ordinal)
            .Select(set => (Stem: set.Key, Files: set.ToArray(), Claim: Recognise(folder, set.Key, Index, [.. set.Select(static f => f.File)])))
            .Where(static s => s.Claim is not null);
        foreach (var series in sets.GroupBy(static s => s.Claim!.Run, StringComparer.Ordinal))
        {
            if (!series.Any(s => folder.Find(s.Stem + Index) is not null) || !series.Any(static s => Array.Exists(s.Files, static f => f.Match.Groups["shard"].Success)))
                continue;
            var before = 0;
            foreach (var (stem, files, claim) in series.OrderBy(static s => s.Claim!.Step).ThenBy(static s => s.Claim!.Epoch).ThenBy(static s => s.Stem, StringComparer.Ordinal))
            {
                var shards = files.Where(static f => f.Match.Groups["shard"].Success)
                    .Select(static f => int.Parse(f.Match.Groups["shard"].ValueSpan, CultureInfo.InvariantCulture)).ToHashSet();
                var index = folder.Find(stem + Index);
                var isProven = folder.Find(stem + Index + Manifest.FileName) is not null;
                claims.AddFiles(files.Select(static f => f.File), folder, claim! with
                {
                    Markers = index is null ? [] : [index.Object],
                    NameProblem = index is null ? $"{stem}{Index} is missing, and others of its series have theirs" : RankSet.Hole(shards, Name),
                    Doubt = RankSet.Doubt(shards, isProven ? 0 : before, Name),
                });
                before = RankSet.AtLeast(shards);

                string Name(int shard) => string.Create(CultureInfo.InvariantCulture, $"{stem}_{shard:D5}{Weights}");
            }
        }
    }

    private UnitClaim? Recognise(CatalogFolder folder, string stem, string extension, params CatalogFile[] files)
    {
        if (Documented().Match(stem) is { Success: true } match)
        {
            return ClaimFor(folder, stem + extension, Starred(stem, match.Groups["epoch"], match.Groups["value"]) + extension, files) with
            {
                Epoch = double.Parse(match.Groups["epoch"].ValueSpan, CultureInfo.InvariantCulture),
            };
        }

        if (NumberedName.ParseWords(stem) is not { } name)
            return null;
        var metrics = name.Metrics.ToDictionary();
        foreach (Match metric in Metric().Matches(stem))
            metrics[metric.Groups["key"].Value] = double.Parse(metric.Groups["value"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture);
        return ClaimFor(folder, stem + extension, Metric().Replace(name.Pattern, static m => Starred(m.Value, m.Groups["value"], m.Index)) + extension, files) with
        {
            Step = name.Step,
            Epoch = name.Epoch,
            Metrics = metrics,
        };
    }

    private static string Starred(string text, Group first, Group second) =>
        second.Success ? Starred(Starred(text, second, 0), first, 0) : Starred(text, first, 0);

    private static string Starred(string text, Group number, int start) =>
        string.Concat(text.AsSpan(0, number.Index - start), "*", text.AsSpan(number.Index - start + number.Length));

    [GeneratedRegex(@"^(?<stem>.+)(?:_(?<shard>[0-9]{5})\.weights\.h5|\.weights\.json)$", RegexOptions.CultureInvariant)]
    private static partial Regex ShardOrIndex();

    [GeneratedRegex(@"\.keras$|\.weights\.h5$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(
        @"^(?:(?:weights|model|ckpt|checkpoint|cp)[._-])?(?<epoch>[0-9]{2,6})-(?<value>-?[0-9]{1,30}\.[0-9]{2,30})$|^cp-(?<epoch>[0-9]{4})$", RegexOptions.CultureInvariant)]
    private static partial Regex Documented();

    [GeneratedRegex(
        @"(?<![A-Za-z0-9_])(?<key>(?:val_)?(?:loss|acc|accuracy|auc|mae|mse|f1|precision|recall))[-_]?(?<value>[0-9]{1,30}\.[0-9]{1,30})", RegexOptions.CultureInvariant)]
    private static partial Regex Metric();
}
