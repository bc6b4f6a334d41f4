using System.Globalization;
using Trainctl.Testing.Frameworks;

namespace Trainctl.Testing.Pruning;

/// <summary>Every family: those of folders, those of files, and those that need more than a name or a list.</summary>
public static class RunFamilies
{
    public static IReadOnlyList<RunFamily> All { get; } = [.. FolderFamily.All.Select(OfFolders), .. FileFamilies.All.Select(OfFiles), .. Others];

    private static IEnumerable<RunFamily> Others =>
    [
        new("Trainer", "huggingface-trainer", Each(static (folder, step) => TrainerRun.Checkpoint(folder, step, Losses.At(step))))
        {
            UnitName = Named("checkpoint-{0}"), Metric = "eval_loss",
        },
        new("Trainer with its best", "huggingface-trainer", Each(static (folder, step) => TrainerRun.Checkpoint(folder, step, Losses.At(step), best: Math.Min(step, 30))))
        {
            UnitName = Named("checkpoint-{0}"), Metric = "eval_loss", Named = static _ => [30],
        },
        new("Ray Train", "ray-train", RayTrainRun.Files)
        {
            UnitName = Named("checkpoint_{0:D6}"), Beside = [".json"], Metric = "loss", Named = FamilyRun.WholeIn,
        },
        new("Ray Train by time", "ray-train", RayTrainRun.FilesByTime)
        {
            UnitName = Named("checkpoint_2025-01-01_10-{0}-00.000001"), Beside = [".json"], Metric = "loss", Named = FamilyRun.WholeIn, HasNoNumbers = true,
        },
        new("Lightning with its metric", "lightning", Each(static (folder, step) => [(Text($"{folder}/epoch={step / 10}-step={step}-val_loss={Losses.At(step):0.00}.ckpt"), ModelFile.Zip())]))
        {
            Metric = "val_loss",
        },
        new("NeMo with its metric", "nemo", Each(static (folder, step) => [NemoRun.FileCheckpoint(folder, step, Losses.At(step))])) { Metric = "val_loss" },
        new("NeMo folders", "nemo", Each(static (folder, step) => NemoRun.FolderCheckpoint(folder, step, Losses.At(step))))
        {
            UnitName = static step => NemoRun.Stem(step, Losses.At(step)), Needs = "__1_0.distcp", Metric = "val_loss",
        },
        new("Orbax with its metric", "orbax", Each(static (folder, step) => OrbaxRun.Checkpoint(Text($"{folder}/{step}"), Losses.At(step), commit: true)))
        {
            UnitName = Named("{0}"), Metric = "loss",
        },
        new("pattern of folders", "pattern", ScriptRun.Snapshots)
        {
            UnitName = Named("snap-{0}"), Pattern = new(@"^(?<run>[^/]+)/snap-(?<step>\d+)/") { Marker = "DONE", SettleTime = TimeSpan.Zero },
        },
        new("pattern of files", "pattern", Each(static (folder, step) => [(Text($"{folder}/w-{step}_{Losses.At(step)}.bin"), ModelFile.Zip())]))
        {
            Metric = "metric", Pattern = new(@"^(?<run>[^/]+)/w-(?<step>\d+)_(?<metric>0\.\d)\.bin$") { SettleTime = TimeSpan.Zero },
        },
    ];

    private static RunFamily OfFolders(FolderFamily family) => new(family.Name, family.Layout, (folder, steps) =>
    [
        .. steps.SelectMany(step => family.Checkpoint($"{folder}/{family.FolderName(step)}")),
        .. family.LatestFile is { } latest ? [latest(folder, steps[^1])] : Array.Empty<(string, byte[])>(),
    ])
    {
        UnitName = family.FolderName,
        Beside = family.LatestFile is { } latest ? [latest("", 0).Key[1..]] : [],
        // What is written last in these cannot be missed: nothing says that it was ever there.
        Needs = family.Name switch
        {
            "DeepSpeed" or "accelerate with DeepSpeed" => "mp_rank_00_model_states.pt",
            "torchtune" => ".index.json",
            "torchtune adapter" => "adapter_model.pt",
            "torchtune single file" => "model-00001-of-00001.bin",
            "accelerate" or "diffusers" => ".safetensors",
            "accelerate with FSDP" => "optimizer_0/.metadata",
            _ => null,
        },
        IsBrokenByCutting = family.Name == "torchtune adapter",
        Metric = family.Layout == "orbax" ? "loss" : null,
        Best = family.Layout == "orbax" ? NewestOfEqual : null,
    };

    private static RunFamily OfFiles(FileFamily family) => new(family.Name, family.Layout, family.Files)
    {
        Beside = family.Layout switch
        {
            "tensorflow" => ["checkpoint"],
            "composer" => [".symlink"],
            "fairseq" => ["checkpoint_best.pt", "checkpoint_last.pt"],
            "nemo" => ["-last.ckpt", ".nemo"],
            "lightning" => ["last.ckpt"],
            "keras" => ["latest.weights.h5"],
            _ => [],
        },
        UnitName = family.Layout switch
        {
            "tensorflow" => Named("ckpt-{0}"),
            "composer" => static step => Text($"ep{step / 10}-ba{step}"),
            "sharded-files" => Named("model_step_{0}.bin"),
            _ => null,
        },
        // Without its last rank it may be one of fewer ranks.
        Needs = family.Layout == "composer" ? "-rank0.pt" : null,
        HasNoSteps = family.Layout == "keras",
        Metric = family.Name switch { "nemo" => "val_loss", "keras weights" => "loss", _ => null },
        Best = family.Name switch { "nemo" => NewestOfEqual, "keras weights" => static _ => 10, _ => null },
    };

    private static Func<string, int[], IEnumerable<(string Key, byte[] Content)>> Each(Func<string, int, IEnumerable<(string Key, byte[] Content)>> checkpoint) =>
        (folder, steps) => steps.SelectMany(step => checkpoint(folder, step));

    /// <summary>The best where all have the same metric.</summary>
    private static int NewestOfEqual(RunForm form) => form == RunForm.NewestTruncated ? 40 : 50;

    private static Func<int, string> Named(string format) => step => string.Format(CultureInfo.InvariantCulture, format, step);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
