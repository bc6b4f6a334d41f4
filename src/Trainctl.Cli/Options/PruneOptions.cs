using Trainctl.Cli.Commands;
using Trainctl.Retention;
using Trainctl.Storage;

namespace Trainctl.Cli.Options;

/// <summary>How old checkpoints go: the options behind <see cref="PruneCheckpointsSettings"/> besides its policy.</summary>
internal static class PruneOptions
{
    private const string Group = "pruning";

    public static readonly Setting PlanOut = Setting.Text("--plan-out", "file", "Write the plan as JSON; 'trainctl apply' does later what it says.");
    public static readonly Setting MaxDeleteCount = Setting.Text("--max-delete", "number", "Refuse to remove more checkpoints than this.", Group);
    public static readonly Setting MaxDeleteBytes = Setting.Text("--max-delete-size", "size", "Refuse to remove more bytes than this.", Group);
    public static readonly Setting MaxDeleteShare = Setting.Text("--max-delete-share", "share", "Refuse to remove a larger share than this, such as 0.5 or 50%.", Group);
    public static readonly Setting Trash = Setting.Text("--trash", "prefix", "Move them to this folder below the location instead of deleting them, such as .trash.", Group);
    public static readonly Setting TrashMaxAge = Setting.Text("--trash-max-age", "time", "Delete what has been in the trash for longer.", Group);
    public static readonly Setting RequireUploaded = Setting.Place("--require-uploaded", "url", "Remove only what this location has too, complete and equal byte by byte.", Group);
    public static readonly Setting PinTag = Setting.Text("--pin-tag", "name", "Object tag that pins a checkpoint.", Group);
    public static readonly Setting AbortUploadsAfter = Setting.Text("--abort-uploads-after", "time", "Abort unfinished multipart uploads that are older.", Group);
    public static readonly Setting DeleteHiddenVersionsAfter = Setting.Text(
        "--delete-hidden-versions-after", "time", "In a versioned bucket, delete for good what has been hidden for longer.", Group);

    public static readonly Setting[] All =
    [
        PlanOut, MaxDeleteCount, MaxDeleteBytes, MaxDeleteShare, Trash, TrashMaxAge, RequireUploaded, PinTag, AbortUploadsAfter, DeleteHiddenVersionsAfter,
    ];

    public static PruneCheckpointsSettings Prune(this Invocation run, ObjectUrl location) => new PruneCheckpointsSettings
    {
        Location = location,
        DryRun = run.Has(ObjectOptions.DryRun),
        Layout = run.Text(LayoutOptions.Layout),
        Pattern = run.CheckpointPattern(),
        PlanFile = run.Text(PlanOut),
        MaxDeleteCount = run.Int(MaxDeleteCount),
        MaxDeleteBytes = run.Bytes(MaxDeleteBytes),
        MaxDeleteShare = run.Number(MaxDeleteShare),
        Trash = run.Text(Trash),
        TrashMaxAge = run.Time(TrashMaxAge),
        RequireUploaded = run.Text(RequireUploaded) is { } url ? ObjectUrl.Parse(url) : null,
        PinTag = run.Text(PinTag),
        AbortUploadsAfter = run.Time(AbortUploadsAfter),
        DeleteHiddenVersionsAfter = run.Time(DeleteHiddenVersionsAfter),
        Store = run.WritingStore(),
    }.With(run.Policy());
}
