using Trainctl.Checkpoints;
using Trainctl.Checkpoints.Publishing;
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
        var failed = publisher.Outcomes.Where(static o => o.Error is not null).Select(static o => o.Key).ToArray();
        return new PublishingResult
        {
            Units = [.. tracked.Select(UnitOf), .. (latest?.Units ?? []).Where(u => !known.Contains(u.Path)).Select(LeftOut)],
            Objects = publisher.Outcomes,
            Unlisted =
            [
                .. missing.Where(t => publisher.Published?.Find(t.Unit.ManifestKey) is null)
                    .SelectMany(static t => UploadPlanner.ContentOf(t.Unit)).Select(static o => o.Key)
                    .Where(key => publisher.Published?.IsSent(key) == true).Order(KeyOrder.Instance),
            ],
            Problems = latest?.Problems ?? [],
            Notes = [.. NotesOn(settings, backlog, looks, publisher, missing, failed)],
        };
    }

    private static List<string> NotesOn(
        RunTrainingSettings settings, Backlog backlog, CheckpointLooks looks, BacklogPublisher publisher, TrackedCheckpoint[] missing, string[] failed)
    {
        var notes = new List<string>();
        if (looks.Latest is not { } latest)
            notes.Add($"'{settings.Checkpoints}' was not there, so there was nothing to publish. Check that training writes its checkpoints to it.");
        else
            LooseObjects.Pointers(latest, path => !backlog.IsPublished(path), static _ => false, notes.Add);
        if (settings.IncludeOtherFiles && looks.GoneOthers > 0)
            notes.Add($"'{settings.Checkpoints}' was gone when training had ended, and with it {HumanText.Count(looks.GoneOthers, "file")} outside of checkpoints, which are published at the end.");
        if (publisher.ListFailure is { } failure)
            notes.Add($"'{settings.Upload}' could not be listed: {failure.Message}");
        if (missing.Length > 0)
            notes.Add($"{HumanText.Count(missing.Length, "checkpoint")} not published: {string.Join(", ", missing.Select(static t => t.Unit.Path))}.");
        var isLeft = Array.Exists(missing, static t => t.IsAtSource);
        if (isLeft || failed.Length > 0 || publisher.ListFailure is not null)
            notes.Add($"Publish what is still in the folder with UploadCheckpoints, or: trainctl s3 sync {settings.Checkpoints} {settings.Upload} --direction up");
        return notes;
    }

    private static PublishedUnit UnitOf(TrackedCheckpoint tracked)
    {
        var (path, bytes) = (tracked.Unit.Path, tracked.Unit.Bytes);
        if (tracked.IsPublished)
            return tracked.Outcome!;
        if (!tracked.IsReady)
        {
            return new PublishedUnit(path, bytes, PublishResult.LeftOut, tracked.IsAtSource
                ? "the time was over before two looks had found it the same"
                : "training deleted or changed it before two looks had found it the same");
        }

        var why = tracked.Outcome?.Why ?? "the time was over before it was its turn";
        return new PublishedUnit(path, bytes, PublishResult.Failed, tracked.IsAtSource ? why : $"{why}; training has deleted it");
    }

    private static PublishedUnit LeftOut(CheckpointUnit unit) => new(
        unit.Path, unit.Bytes, unit.IsUnread ? PublishResult.Failed : PublishResult.LeftOut, unit.StateReason ?? CheckpointText.State(unit.State));
}
