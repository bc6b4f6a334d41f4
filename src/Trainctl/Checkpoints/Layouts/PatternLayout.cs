using System.Collections.ObjectModel;
using System.Globalization;
using Trainctl.Storage;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Checkpoints as the user describes them, see <see cref="CheckpointPattern"/>. Complete is what has not changed for the settle time, has its marker where
/// one was named, and whose files are whole as far as their formats tell.
/// </summary>
internal sealed class PatternLayout(PatternExpression expression, TimeProvider time) : FileLayout
{
    public const string LayoutName = "pattern";

    public override string Name => LayoutName;

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        if (folder.Path.Length > 0)
            return;
        var files = folder.AllFiles().ToDictionary(static f => f.Object.Key, StringComparer.Ordinal);
        var matched = files.Values.Select(f => (File: f, Match: expression.Match(f.Object.Key))).Where(static f => f.Match is not null).ToArray();
        var paths = matched.Select(static f => f.Match!.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var set in matched.GroupBy(static f => f.Match!.Path.TrimEnd('/'), StringComparer.Ordinal))
        {
            // A marker or a manifest that an open-ended expression takes for a checkpoint of its own belongs to the one before.
            if (set.All(f => IsBeside(f.File.Object.Key, paths)))
                continue;
            claims.AddClaimed(ClaimFor(set.First().Match!, set.Key, [.. set.Select(static f => f.File)], files, out var all), all);
        }
    }

    private UnitClaim ClaimFor(PatternMatch match, string path, List<CatalogFile> matched, Dictionary<string, CatalogFile> files, out List<CatalogFile> all)
    {
        all = matched;
        var isFolder = matched.TrueForAll(f => f.Object.Key.StartsWith(path + "/", StringComparison.Ordinal));
        var markerKey = expression.Pattern.Marker is not { } marker ? null : isFolder ? $"{path}/{marker}" : path + marker;
        var markerFile = Add(markerKey);
        Add(isFolder ? $"{path}/{Manifest.FileName}" : path + Manifest.FileName);
        var age = time.GetUtcNow() - all.Max(static f => f.Object.ModifiedAt);
        return new UnitClaim
        {
            Layout = this,
            Path = path,
            Run = match.Run.TrimEnd('/'),
            Objects = [.. all.Select(static f => f.Object).OrderBy(static o => o.Key, KeyOrder.Instance)],
            IsFolder = isFolder,
            Step = match.Step,
            Epoch = match.Epoch,
            Metrics = match.Metric is { } metric ? new Dictionary<string, double> { ["metric"] = metric } : ReadOnlyDictionary<string, double>.Empty,
            Markers = markerFile is null ? [] : [markerFile.Object],
            NameProblem = markerKey is not null && markerFile is null ? $"{LastSegment(markerKey)}, which is written last, is missing" : null,
            IsUnfinished = age < expression.Pattern.SettleTime,
            UnfinishedReason = string.Create(
                CultureInfo.InvariantCulture,
                $"it changed {Math.Max(0, (long)age.TotalSeconds)} s ago, and the settle time is {(long)expression.Pattern.SettleTime.TotalSeconds} s"),
        };

        CatalogFile? Add(string? key)
        {
            var file = key is null ? null : files.GetValueOrDefault(key);
            if (file is not null && !matched.Contains(file))
                matched.Add(file);
            return file;
        }
    }

    private bool IsBeside(string key, HashSet<string> paths)
    {
        foreach (var ending in new[] { expression.Pattern.Marker, Manifest.FileName })
        {
            if (ending is not null && key.EndsWith(ending, StringComparison.Ordinal) && paths.Contains(key[..^ending.Length]))
                return true;
        }

        return false;
    }
}
