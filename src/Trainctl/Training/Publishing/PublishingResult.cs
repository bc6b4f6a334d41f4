using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;

namespace Trainctl.Training.Publishing;

/// <summary>What became of all checkpoints of a training.</summary>
internal sealed record PublishingResult
{
    public IReadOnlyList<PublishedUnit> Units { get; private init; } = [];

    public IReadOnlyList<ObjectOutcome> Objects { get; private init; } = [];

    public IReadOnlyList<string> Unlisted { get; private init; } = [];

    public IReadOnlyList<ListingProblem> Problems { get; private init; } = [];

    public IReadOnlyList<string> Notes { get; init; } = [];

    public static PublishingResult Of(RunTrainingSettings settings, Backlog backlog, CheckpointLooks looks, BacklogPublisher publisher)
    {
        var latest = looks.Latest;
        var tracked = backlog.All();
        var known = tracked.Select(static t => t.Unit.Path).ToHashSet(StringComparer.Ordinal);
        var missing = tracked.Where(static t => !t.IsPublished).ToArray();
        var others = (latest?.Units ?? []).Where(u => !known.Contains(u.Path)).ToArray();
        var failed = publisher.Outcomes.Where(static o => o.Error is not null).Select(static o => o.Key).ToArray();
        return new PublishingResult
        {
            Units = [.. tracked.Select(t => UnitOf(t, publisher)), .. others.Select(LeftOut)],
            Objects = publisher.Outcomes,
            Unlisted =
            [
                .. missing.Where(t => publisher.Published?.Find(t.Unit.ManifestKey) is not { Size: > 0 })
                    .SelectMany(static t => UploadPlanner.ContentOf(t.Unit)).Select(static o => o.Key)
                    .Where(key => publisher.Published?.IsSent(key) == true).Order(KeyOrder.Instance),
            ],
            Problems = latest?.Problems ?? [],
            Notes = [.. NotesOn(settings, backlog, looks, publisher, missing, [.. others.Where(static u => u.IsUnread).Select(static u => u.Path)], failed)],
        };
    }

    private static List<string> NotesOn(
        RunTrainingSettings settings, Backlog backlog, CheckpointLooks looks, BacklogPublisher publisher, TrackedCheckpoint[] missing, string[] unread, string[] failed)
    {
        var notes = new List<string>();
        if (looks.Failure is { } blind)
            notes.Add($"'{settings.Checkpoints}' could not be looked at when training had ended: {blind.Message}");
        else if (looks.Latest is null && looks.IsAbsent)
            notes.Add($"'{settings.Checkpoints}' was not there, so there was nothing to publish. Check that training writes its checkpoints to it.");
        if (looks.Latest is { } latest)
            LooseObjects.Pointers(latest, path => !backlog.IsPublished(path), static _ => false, notes.Add);
        if (settings.IncludeOtherFiles && looks.GoneOthers > 0)
        {
            notes.Add($"'{settings.Checkpoints}' was gone when training had ended, and with it {HumanText.Count(looks.GoneOthers, "file")} outside of checkpoints, "
                + "which are published at the end.");
        }

        if (publisher.ListFailure is { } failure)
            notes.Add($"'{settings.Upload}' could not be listed: {failure.Message}");
        string[] left = [.. missing.Select(static t => t.Unit.Path), .. unread];
        if (left.Length > 0)
            notes.Add($"{HumanText.Count(left.Length, "checkpoint")} not published: {string.Join(", ", left)}.");
        notes.AddRange((looks.Latest?.ReadFailures ?? []).Where(static f => f.Error != TrainctlError.UnreadablePointer).Select(static f => f.Message));
        var unlisted = (looks.Latest?.Problems ?? []).Where(static p => p.IsFailure).ToArray();
        if (unlisted.Length > 0)
        {
            notes.Add($"{HumanText.Count(unlisted.Length, "object or folder", "objects or folders")} could not be listed, so what is there was not published. "
                + $"The first: {unlisted[0].Message}");
        }

        var isLeft = looks.HasMissed || Array.Exists(missing, static t => t.IsAtSource || t.Unseen is not null);
        if (isLeft || failed.Length > 0 || publisher.ListFailure is not null)
            notes.Add($"Publish what is still in the folder with UploadCheckpoints, or: trainctl s3 sync {settings.Checkpoints} {settings.Upload} --direction up");
        return notes;
    }

    private static PublishedUnit UnitOf(TrackedCheckpoint tracked, BacklogPublisher publisher)
    {
        var (path, bytes) = (tracked.Unit.Path, tracked.Unit.Bytes);
        if (tracked.IsPublished)
            return tracked.Outcome!;
        if (!tracked.IsReady)
        {
            if (tracked.Unseen is { } unseen)
                return new PublishedUnit(path, bytes, PublishResult.Failed, unseen);
            return new PublishedUnit(path, bytes, PublishResult.LeftOut, tracked.IsAtSource
                ? "the time was over before two looks had found it the same"
                : "training deleted or changed it before two looks had found it the same");
        }

        var why = tracked.Outcome?.Why
            ?? (publisher.ListFailure is { } failure ? $"the destination could not be listed: {failure.Message}" : "the time was over before it was its turn");
        return new PublishedUnit(path, bytes, PublishResult.Failed, tracked.IsAtSource ? why : $"{why}; {tracked.Unseen ?? "training has deleted it"}");
    }

    private static PublishedUnit LeftOut(CheckpointUnit unit) => new(
        unit.Path, unit.Bytes, unit.IsUnread ? PublishResult.Failed : PublishResult.LeftOut, unit.StateReason ?? CheckpointText.State(unit.State));
}
