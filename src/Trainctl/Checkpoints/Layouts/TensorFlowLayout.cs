using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Trainctl.Checkpoints.Formats;

namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// TensorFlow's checkpoints <c>ckpt-5.index</c> with <c>ckpt-5.data-00000-of-00001</c>, and <c>.meta</c> under version 1
/// (tensorflow/tensorflow: tensorflow/python/checkpoint/checkpoint_management.py, tensorflow/core/util/tensor_bundle/tensor_bundle.h). The index is
/// written last. The text <c>checkpoint</c> beside them lists all that its manager still counts on; also <c>cp-0010.ckpt</c>, with the epoch, of the guide
/// (tensorflow/docs: site/en/tutorials/keras/save_and_load.ipynb).
/// </summary>
internal sealed partial class TensorFlowLayout : FileLayout
{
    private const string StateFile = "checkpoint";
    private const long MaxIndexLength = 64L * 1024 * 1024;

    public override string Name => "tensorflow";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var found = false;
        var files = folder.Files
            .Where(static f => !f.IsClaimed)
            .Select(static f => (File: f, Match: FileName().Match(f.Name)))
            .Where(static f => f.Match.Success);
        foreach (var set in files.GroupBy(static f => f.Match.Groups["prefix"].Value, StringComparer.Ordinal))
        {
            if (!set.Any(static f => f.Match.Groups["kind"].Value != "meta") || PrefixName().Match(set.Key) is not { Success: true } name)
                continue;
            var claim = ClaimFor(folder, set.Key, Series(set.Key, name), set.Select(static f => f.File)) with
            {
                Step = name.Groups["step"].Success ? Number(name.Groups["step"]) : null,
                Epoch = name.Groups["epoch"].Success ? Number(name.Groups["epoch"]) : null,
                Markers = [.. set.Where(static f => f.Match.Groups["kind"].Value == "index").Select(static f => f.File.Object)],
                NameProblem = NameProblem(set.Key, [.. set.Select(static f => f.Match)]),
            };
            claims.AddFiles(set.Select(static f => f.File), folder, claim);
            found = true;
        }

        if (found && folder.Find(StateFile) is { IsClaimed: false } state)
            claims.AddPointer(this, PointerKind.Last, folder, state);
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        if (unit.NameProblem is { } problem)
            return Judgement.Incomplete(problem);
        var indexFile = unit.Markers[^1];
        if (indexFile.Size > MaxIndexLength)
            return new Judgement();
        var content = await inspector.ReadTextAsync(indexFile, cancellationToken).ConfigureAwait(false);
        if (content is null || TensorBundle.Read(content) is not { } index)
            return Judgement.Incomplete($"{UnitInspector.NameOf(indexFile)} is cut short: it has no whole table");
        foreach (var (found, match) in unit.Objects.Select(static o => (o, FileName().Match(UnitInspector.NameOf(o)))))
        {
            if (!match.Groups["i"].Success)
                continue;
            var count = Number(match.Groups["n"]);
            if (index.Shards is { } shards && shards != (ulong)count)
                return Judgement.Incomplete($"{UnitInspector.NameOf(indexFile)} lists {shards} data files, and their names say {count}");
            var needed = index.LengthOf((int)Number(match.Groups["i"]));
            if (needed > (ulong)found.Size)
                return Judgement.Incomplete($"{UnitInspector.NameOf(found)} has {found.Size} bytes and needs {needed}");
        }

        return new Judgement();
    }

    public override async Task<PointerReading> ReadPointerAsync(PointerClaim pointer, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var content = await inspector.ReadTextAsync(pointer.Object, cancellationToken).ConfigureAwait(false);
        var text = content is null ? "" : Encoding.UTF8.GetString(content);
        var names = new List<PointedName>();
        foreach (var path in PathLine().Matches(text).Select(static m => ProtobufText.Unescape(m.Groups["path"].Value)))
        {
            var name = LastSegment(path);
            if (name.Length > 0 && !names.Exists(n => n.Name == name))
                names.Add(new PointedName(PointerKind.Last, name, path));
        }

        return names.Count > 0 ? new PointerReading { Names = names } : throw Unreadable(pointer);
    }

    public override bool IsPointerName(string fileName) => fileName == StateFile;

    private static string? NameProblem(string prefix, Match[] files)
    {
        if (!Array.Exists(files, static m => m.Groups["kind"].Value == "index"))
            return $"{prefix}.index, which is written last, is missing";
        var data = files.Where(static m => m.Groups["i"].Success).ToArray();
        if (data.Length == 0)
            return $"{prefix}.data-* is missing";
        var counts = data.Select(static m => Number(m.Groups["n"])).Distinct().ToArray();
        var there = data.Select(static m => (Number(m.Groups["i"]), Number(m.Groups["n"]))).ToHashSet();
        foreach (var count in counts)
        {
            for (var i = 0L; i < count; i++)
            {
                if (!there.Contains((i, count)))
                    return string.Create(CultureInfo.InvariantCulture, $"data file {i} of {count} is missing");
            }
        }

        return null;
    }

    private static string Series(string prefix, Match name)
    {
        var number = name.Groups["step"].Success ? name.Groups["step"] : name.Groups["epoch"];
        return string.Concat(prefix.AsSpan(0, number.Index), "*", prefix.AsSpan(number.Index + number.Length));
    }

    private static long Number(Group group) => long.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<prefix>.+)\.(?<kind>index|meta|data-(?<i>[0-9]{5})-of-(?<n>[0-9]{5}))$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(@"^(?:.*[._-])?(?:ckpt-(?<step>[0-9]{1,18})|cp-(?<epoch>[0-9]{1,9})\.ckpt)$", RegexOptions.CultureInvariant)]
    private static partial Regex PrefixName();

    [GeneratedRegex("""^\s*(?:all_)?model_checkpoint_paths?\s*:\s*"(?<path>(?:[^"\\]|\\.)*)"\s*$""", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex PathLine();
}
