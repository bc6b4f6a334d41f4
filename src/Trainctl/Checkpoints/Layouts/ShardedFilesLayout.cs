namespace Trainctl.Checkpoints.Layouts;

/// <summary>
/// A checkpoint in parts, <c>model_step_5-00001-of-00002.bin</c>, with a <c>.index.json</c> beside them or without
/// (huggingface/huggingface_hub: src/huggingface_hub/serialization/_base.py; ggml-org/llama.cpp: tools/gguf-split). A name without a step or an epoch is a
/// model, or data, and no checkpoint. Safetensors have a layout of their own.
/// </summary>
internal sealed class ShardedFilesLayout : FileLayout
{
    private static readonly string[] Extensions = ["bin", "pt", "pth", "gguf"];

    public override string Name => "sharded-files";

    public override void Recognise(CatalogFolder folder, ClaimList claims)
    {
        var shards = folder.Files.Where(static f => !f.IsClaimed).Select(static f => (File: f, Shard: ShardName.Parse(f.Name)))
            .Where(static f => f.Shard is not null && Extensions.Contains(f.Shard.Extension, StringComparer.Ordinal));
        var sets = shards.GroupBy(static f => (f.Shard!.Stem, f.Shard.Extension))
            .Select(set => (set.Key, Files: set.ToArray(), Name: NumberedName.ParseWords(set.Key.Stem), Index: folder.Find(IndexName(set.Key))))
            .Where(static s => s.Name is not null)
            .ToArray();
        var indexed = sets.Where(static s => s.Index is not null).Select(static s => (s.Name!.Pattern, s.Key.Extension)).ToHashSet();
        foreach (var (key, shardFiles, name, index) in sets)
        {
            var files = shardFiles.Select(static f => f.File).Concat(index is null ? [] : [index]);
            var needsIndex = index is null && indexed.Contains((name!.Pattern, key.Extension))
                && folder.Find($"{key.Stem}.{key.Extension}{Manifest.FileName}") is null;
            claims.AddFiles(files, folder, ClaimFor(folder, $"{key.Stem}.{key.Extension}", $"{name!.Pattern}-*-of-*.{key.Extension}", files) with
            {
                Step = name.Step,
                Epoch = name.Epoch,
                Metrics = name.Metrics,
                Markers = index is null ? [] : [index.Object],
                NameProblem = ShardName.Gap([.. shardFiles.Select(static f => f.Shard!)])
                    ?? (needsIndex ? $"{IndexName(key)} is missing, and others of its series have theirs" : null),
            });
        }
    }

    private static string IndexName((string Stem, string Extension) key) => $"{key.Stem}.{key.Extension}{ShardIndex.Suffix}";

    public override async Task<Judgement> JudgeAsync(UnitClaim unit, UnitInspector inspector, CancellationToken cancellationToken)
    {
        if (unit.NameProblem is { } gap)
            return Judgement.Incomplete(gap);
        foreach (var index in unit.Markers)
        {
            if (await SafetensorsLayout.IndexProblemAsync(unit, index, inspector, cancellationToken).ConfigureAwait(false) is { } problem)
                return Judgement.Incomplete(problem);
        }

        return await base.JudgeAsync(unit, inspector, cancellationToken).ConfigureAwait(false);
    }
}
