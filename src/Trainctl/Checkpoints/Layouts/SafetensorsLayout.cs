namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// Safetensors files with a step or an epoch in their name, single or sharded. A name without a number is a model and no checkpoint:
/// there is nothing by which one could be older than another.
/// </summary>
internal sealed class SafetensorsLayout : CheckpointLayout
{
    private const string Extension = ".safetensors";

    public override string Name => "safetensors";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var files = folder.Files.Where(static f => !f.IsClaimed && f.Name.EndsWith(Extension, StringComparison.Ordinal)).ToArray();
        foreach (var set in files.GroupBy(static f => ShardName.Parse(f.Name)?.Stem))
        {
            if (set.Key is not null)
                RecogniseShards(folder, set.Key, [.. set], claims);
            else
                RecogniseFiles(folder, set, claims);
        }
    }

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var shards = unit.Objects.Select(static o => ShardName.Parse(UnitInspector.NameOf(o))).OfType<ShardName>().ToArray();
        if (ShardName.Gap(shards) is { } gap)
            return Judgement.Incomplete(gap);
        foreach (var index in unit.Markers)
        {
            if (await IndexProblemAsync(unit, index, inspector, cancellationToken).ConfigureAwait(false) is { } problem)
                return Judgement.Incomplete(problem);
        }

        return new Judgement { Problem = await inspector.FirstProblemAsync(unit.Objects, cancellationToken).ConfigureAwait(false) };
    }

    /// <summary>What an index says that is not so; null when it agrees with the files.</summary>
    public static async Task<string?> IndexProblemAsync(
        UnitClaim unit, Storage.StoredObject index, UnitInspector inspector, CancellationToken cancellationToken)
    {
        var name = UnitInspector.NameOf(index);
        var content = await inspector.ReadTextAsync(index, cancellationToken).ConfigureAwait(false);
        if (content is null || ShardIndex.Read(content) is not { } shards)
            return $"{name} cannot be parsed";
        var folder = index.Key[..^name.Length];
        var there = unit.Objects.Select(static o => o.Key).ToHashSet(StringComparer.Ordinal);
        return shards.Order(StringComparer.Ordinal).FirstOrDefault(s => !there.Contains(folder + s)) is { } missing
            ? $"{missing} is missing, and {name} lists it"
            : null;
    }

    private void RecogniseFiles(CatalogFolder folder, IEnumerable<CatalogFile> files, ClaimList claims)
    {
        foreach (var file in files)
        {
            if (NumberedName.ParseWords(file.Name[..^Extension.Length]) is { } name)
                claims.AddFiles([file], folder, ClaimFor(folder, file.Object.Key, name, Extension) with { Objects = [file.Object] });
        }
    }

    private void RecogniseShards(CatalogFolder folder, string stem, List<CatalogFile> files, ClaimList claims)
    {
        if (NumberedName.ParseWords(stem) is not { } name)
            return;
        var path = folder.Path.Length == 0 ? stem : $"{folder.Path}/{stem}";
        var index = folder.Find(stem + Extension + ShardIndex.Suffix);
        if (index is not null)
            files.Add(index);
        claims.AddFiles(files, folder, ClaimFor(folder, path, name, "-*-of-*" + Extension) with
        {
            Objects = [.. files.Select(static f => f.Object)],
            Markers = index is null ? [] : [index.Object],
        });
    }

    private UnitClaim ClaimFor(CatalogFolder folder, string path, NumberedName name, string suffix) => new()
    {
        Layout = this,
        Path = path,
        Run = RunName.Of(folder, name.Pattern + suffix),
        Objects = [],
        IsFolder = false,
        Step = name.Step,
        Epoch = name.Epoch,
        Metrics = name.Metrics,
    };
}
