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
        foreach (var set in shards.GroupBy(static f => (f.Shard!.Stem, f.Shard.Extension)).ToArray())
        {
            var (stem, extension) = set.Key;
            if (NumberedName.ParseWords(stem) is not { } name)
                continue;
            var files = set.Select(static f => f.File).ToList();
            var index = folder.Find($"{stem}.{extension}{ShardIndex.Suffix}");
            if (index is not null)
                files.Add(index);
            claims.AddFiles(files, folder, ClaimFor(folder, $"{stem}.{extension}", $"{name.Pattern}-*-of-*.{extension}", files) with
            {
                Step = name.Step,
                Epoch = name.Epoch,
                Metrics = name.Metrics,
                Markers = index is null ? [] : [index.Object],
                NameProblem = ShardName.Gap([.. set.Select(static f => f.Shard!)]),
            });
        }
    }

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
