using Trainctl.Diagnostics;
using Trainctl.Reporting;
using Trainctl.Storage;
using Trainctl.Transfer;

namespace Trainctl.Sync;

/// <summary>Copies one object, or all below a prefix, whatever is at the destination.</summary>
internal sealed class CopyOperation(CopySettings settings, EngineHost host, Func<ObjectUrl, IObjectStore> open)
{
    private const string Name = "copy";

    /// <summary>How many objects the patterns have left out.</summary>
    private long _leftOut;

    public async Task<SyncReport> RunAsync(CancellationToken cancellationToken)
    {
        var start = host.Time.GetTimestamp();
        var outcomes = new List<ObjectOutcome>();
        var problems = new List<ListingProblem>();
        var (ofStore, failure) = (0L, (TrainctlException?)null);
        var (from, sourceName) = settings.Recursive ? (settings.Source, "") : settings.Source.SplitLast();
        var (to, destinationName) = settings.Recursive || settings.Destination.EndsWithSeparator
            ? (settings.Destination, sourceName.TrimStart('/'))
            : settings.Destination.SplitLast();
        var source = open(from);
        await using var sourceGuard = source.ConfigureAwait(false);
        var destination = open(to);
        await using var destinationGuard = destination.ConfigureAwait(false);
        var markers = new FolderMarkers(destination);
        var items = settings.Recursive
            ? ListAsync(source, destination, markers, problems, cancellationToken)
            : OneAsync(source, sourceName, destination, destinationName, cancellationToken);
        if (settings.DryRun)
        {
            var isMet = destination.Root.IsFolder;
            await foreach (var item in items.ConfigureAwait(false))
            {
                // What a store refuses is known once it has answered.
                if (!isMet && item.Refusal() is null)
                {
                    await MeetAsync(destination, cancellationToken).ConfigureAwait(false);
                    isMet = true;
                }

                outcomes.Add(TransferOutcome.Planned(item));
            }
        }
        else
        {
            using var runner = new TransferRunner(settings.Transfer, host, Name);
            await runner.RunAsync(items, result =>
            {
                outcomes.Add(TransferOutcome.Of(result));
                if (IsOfWholeStore(result.Failure))
                    (ofStore, failure) = (ofStore + 1, failure ?? result.Failure);
                return ValueTask.CompletedTask;
            }, cancellationToken).ConfigureAwait(false);
            if (failure is not null && ofStore == outcomes.Count)
                throw failure;
        }

        if (outcomes.Count == 0)
        {
            throw problems.Find(static p => p.IsFailure) is { } hidden
                ? new TrainctlException(TrainctlError.ReadFailed, $"Nothing of '{source.Root}' could be read. {hidden.Message}", hidden.Key)
                : NothingThere(source.Root.ToString(), markers);
        }

        return new SyncReport
        {
            Operation = Name,
            DryRun = settings.DryRun,
            Duration = host.Time.GetElapsedTime(start),
            Source = settings.Source.ToString(),
            Destination = settings.Destination.ToString(),
            Objects = [.. outcomes.OrderBy(static o => o.Key, KeyOrder.Instance)],
            Problems = problems,
            Notes = [.. markers.Notes],
            UnchangedObjects = 0,
            UnchangedBytes = 0,
        };
    }

    /// <summary>A failure that is no object's own, so that a report of each would say the same as often as there are objects.</summary>
    private static bool IsOfWholeStore(TrainctlException? failure) =>
        failure?.Error is TrainctlError.StoreNotFound or TrainctlError.CredentialsNotFound or TrainctlError.CredentialsRejected;

    /// <summary>What the first write of the real run would find, whatever its key. Who may write need not be allowed to look.</summary>
    private static async Task MeetAsync(IObjectStore destination, CancellationToken cancellationToken)
    {
        try
        {
            await destination.HeadAsync(TemporaryName.Create(), cancellationToken).ConfigureAwait(false);
        }
        catch (TrainctlException exception) when (!IsOfWholeStore(exception) && exception.Error != TrainctlError.StoreUnavailable)
        {
            // It is there, and what else is wrong each object tells for itself.
        }
    }

    private async IAsyncEnumerable<TransferItem> ListAsync(
        IObjectStore source,
        IObjectStore destination,
        FolderMarkers markers,
        List<ListingProblem> problems,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = new KeyFilter(settings.Include, settings.Exclude);
        Overlap.ThrowIfSame(source.Root, destination.Root);
        Overlap.ThrowIfInSource(source.Root, destination.Root, filter);
        var nested = new NestedKeys(destination);
        var twins = new CaseTwins(destination, mayWrite: !settings.DryRun);
        await foreach (var found in source.ListAsync(new ListRequest { OnProblem = AddProblem }, cancellationToken).ConfigureAwait(false))
        {
            if (!filter.Accepts(found.Key))
            {
                _leftOut++;
                continue;
            }

            if (markers.LeaveOut(found))
                continue;
            var twin = twins.ObstacleOf(found.Key);
            yield return ItemFor(source, found, destination, found.Key) with { Obstacle = nested.ObstacleOf(found.Key) ?? twin };
        }

        void AddProblem(ListingProblem problem)
        {
            if (filter.MayAccept(problem))
                problems.Add(problem);
        }
    }

    private async IAsyncEnumerable<TransferItem> OneAsync(
        IObjectStore source,
        string sourceName,
        IObjectStore destination,
        string destinationName,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Overlap.ThrowIfSame(source.Root.Append(sourceName), destination.Root.Append(destinationName));
        var found = settings.Source.EndsWithSeparator ? null : await source.HeadAsync(sourceName, cancellationToken).ConfigureAwait(false);
        if (found is not null)
        {
            yield return ItemFor(source, found, destination, destinationName);
            yield break;
        }

        var isFolder = settings.Source.IsFolder && Directory.Exists(settings.Source.Resolve(host.WorkingDirectory).Path);
        throw isFolder || settings.Source.EndsWithSeparator
            ? new TrainctlException(
                TrainctlError.InvalidSetting, $"'{settings.Source}' is a folder or prefix. To copy all that is below it, ask for a recursive copy.", nameof(settings.Recursive))
            : NothingThere(settings.Source.ToString());
    }

    private TransferItem ItemFor(IObjectStore source, StoredObject found, IObjectStore destination, string key) => new()
    {
        Source = source,
        Object = found,
        Destination = destination,
        Key = key,
        StorageClass = settings.StorageClass,
        Reason = "copy",
    };

    private TrainctlException NothingThere(string location, FolderMarkers? markers = null) => new(
        TrainctlError.SourceNotFound,
        (_leftOut > 0
            ? $"Of {HumanText.Count(_leftOut, "object")} at '{location}' the include and exclude patterns leave none. Check the patterns."
            : $"Nothing was found at '{location}'. Check the location; keys and paths are case sensitive.")
        + string.Concat(markers?.Notes.Select(static note => " " + note) ?? []),
        location);
}
